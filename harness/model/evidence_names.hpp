#pragma once

#include "exitproof/evidence.hpp"
#include "harness/model/name_table.hpp"

/// The text forms of the evidence's enumerations, for people and for JSON.
namespace exitproof {

inline constexpr NameTable<Phase, 5> phase_names{{{
    {Phase::start, "start"},
    {Phase::ready, "ready"},
    {Phase::work, "work"},
    {Phase::stop, "stop"},
    {Phase::gone, "gone"},
}}};
static_assert(phase_names.complete_up_to(Phase::gone));

inline constexpr NameTable<NextRunWhen, 3> next_run_when_names{{{
    {NextRunWhen::never, "never"},
    {NextRunWhen::when_left, "when-left"},
    {NextRunWhen::always, "always"},
}}};
static_assert(next_run_when_names.complete_up_to(NextRunWhen::always));

inline constexpr NameTable<Reaping, 4> reaping_names{{{
    {Reaping::unreaped, "unreaped"},
    {Reaping::by_parent, "by-parent"},
    {Reaping::ignored, "ignored"},
    {Reaping::by_init, "by-init"},
}}};
static_assert(reaping_names.complete_up_to(Reaping::by_init));

inline constexpr NameTable<EventKind, 17> event_kind_names{{{
    {EventKind::birth, "birth"},
    {EventKind::exec, "exec"},
    {EventKind::call, "call"},
    {EventKind::call_end, "call-end"},
    {EventKind::signal, "signal"},
    {EventKind::stop, "stop"},
    {EventKind::resume, "resume"},
    {EventKind::death, "death"},
    {EventKind::reap, "reap"},
    {EventKind::handler, "handler"},
    {EventKind::point, "point"},
    {EventKind::quiet, "quiet"},
    {EventKind::phase, "phase"},
    {EventKind::fault, "fault"},
    {EventKind::driver, "driver"},
    {EventKind::denied, "denied"},
    {EventKind::note, "note"},
}}};
static_assert(event_kind_names.complete_up_to(EventKind::note));

inline constexpr NameTable<Landing, 10> landing_names{{{
    {Landing::none, "none"},
    {Landing::death, "death"},
    {Landing::caught, "caught"},
    {Landing::ignored, "ignored"},
    {Landing::pending, "pending"},
    {Landing::input, "input"},
    {Landing::call, "call"},
    {Landing::world, "world"},
    {Landing::held, "held"},
    {Landing::thrown, "thrown"},
}}};
static_assert(landing_names.complete_up_to(Landing::thrown));

inline constexpr NameTable<ChangeKind, 3> change_kind_names{{{
    {ChangeKind::created, "created"},
    {ChangeKind::changed, "changed"},
    {ChangeKind::deleted, "deleted"},
}}};
static_assert(change_kind_names.complete_up_to(ChangeKind::deleted));

inline constexpr NameTable<FileType, 10> file_type_names{{{
    {FileType::regular, "regular"},
    {FileType::directory, "directory"},
    {FileType::symlink, "symlink"},
    {FileType::socket, "socket"},
    {FileType::fifo, "fifo"},
    {FileType::device, "device"},
    {FileType::shm_segment, "shm-segment"},
    {FileType::semaphore_set, "semaphore-set"},
    {FileType::message_queue, "message-queue"},
    {FileType::posix_queue, "posix-queue"},
}}};
static_assert(file_type_names.complete_up_to(FileType::posix_queue));

}  // namespace exitproof
