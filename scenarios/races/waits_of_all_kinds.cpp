// One wait of every kind between two processes, or between two threads, which only the other one ends: pipe, full pipe,
// fifo, socket, futex, flock, fcntl lock, semaphore of System V, message queue, poll, select, epoll, signal, sleep,
// vfork, posix_spawn, group stop. Exits 0 when all have ended as they should.
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <csignal>
#include <string>

#include "scenarios/subject.hpp"

using namespace subject;

namespace {

struct Pipe {
  int ends[2];
  Pipe() { must(pipe2(ends, O_CLOEXEC) == 0, "pipe2"); }
  ~Pipe() {
    close(ends[0]);
    close(ends[1]);
  }
  void tell() const { must(write(ends[1], "x", 1) == 1, "write"); }
  void hear() const {
    char byte = 0;
    must(read(ends[0], &byte, 1) == 1, "read");
  }
};

void full_pipe() {
  const Pipe pipe;
  const std::string much(200'000, 'x');
  const pid_t child = make_child([&] {
    return write(pipe.ends[1], much.data(), much.size()) == static_cast<ssize_t>(much.size()) ? 0 : 1;
  });
  std::string read_back(much.size(), '\0');
  for (std::size_t done = 0; done < much.size();) {
    const ssize_t got = read(pipe.ends[0], read_back.data() + done, much.size() - done);
    must(got > 0, "read");
    done += static_cast<std::size_t>(got);
  }
  must(reap_success(child), "full pipe");
}

void descriptor_waits() {
  const Pipe pipe;
  const Pipe back;
  const pid_t child = make_child([&] {
    for (int i = 0; i < 3; ++i) {
      pipe.tell();
      back.hear();
    }
    return 0;
  });
  pollfd one{pipe.ends[0], POLLIN, 0};
  must(poll(&one, 1, -1) == 1, "poll");
  pipe.hear();
  back.tell();
  fd_set set;
  FD_ZERO(&set);
  FD_SET(pipe.ends[0], &set);
  must(select(pipe.ends[0] + 1, &set, nullptr, nullptr, nullptr) == 1, "select");
  pipe.hear();
  back.tell();
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  epoll_event event{};
  event.events = EPOLLIN;
  must(epoll_ctl(epoll, EPOLL_CTL_ADD, pipe.ends[0], &event) == 0, "epoll_ctl");
  must(epoll_wait(epoll, &event, 1, -1) == 1, "epoll_wait");
  pipe.hear();
  back.tell();
  close(epoll);
  must(reap_success(child), "descriptors");
}

void fifo(int flags) {
  must(mkfifo("waits.fifo", 0600) == 0, "mkfifo");
  const pid_t child = make_child([] {
    const int fd = open("waits.fifo", O_RDONLY);
    char byte = 0;
    return read(fd, &byte, 1) == 1 ? 0 : 1;
  });
  const int fd = open("waits.fifo", flags);
  must(fd >= 0 && write(fd, "x", 1) == 1, "fifo");
  close(fd);
  must(reap_success(child), "fifo");
  must(unlink("waits.fifo") == 0, "unlink");
}

void socket_pair() {
  int ends[2];
  must(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) == 0, "socketpair");
  const pid_t child = make_child([&] {
    char byte = 0;
    return recv(ends[1], &byte, 1, 0) == 1 && send(ends[1], &byte, 1, 0) == 1 ? 0 : 1;
  });
  char byte = 'x';
  must(send(ends[0], &byte, 1, 0) == 1 && recv(ends[0], &byte, 1, 0) == 1, "socket");
  must(reap_success(child), "socket");
  close(ends[0]);
  close(ends[1]);
}

void file_locks() {
  const Pipe locked;
  const pid_t child = make_child([&] {
    const int fd = open("waits.lock", O_CREAT | O_RDWR, 0600);
    struct flock range {};
    range.l_type = F_WRLCK;
    must(flock(fd, LOCK_EX) == 0 && fcntl(fd, F_SETLKW, &range) == 0, "lock");
    locked.tell();
    sleep_ms(5);
    return 0;
  });
  locked.hear();
  const int fd = open("waits.lock", O_RDWR);
  struct flock range {};
  range.l_type = F_WRLCK;
  must(flock(fd, LOCK_EX) == 0 && fcntl(fd, F_SETLKW, &range) == 0, "lock");
  close(fd);
  must(reap_success(child), "locks");
  must(unlink("waits.lock") == 0, "unlink");
}

void system_v() {
  const int semaphores = semget(IPC_PRIVATE, 1, 0600);
  const int queue = msgget(IPC_PRIVATE, 0600);
  struct Message {
    long type = 1;
    char text[4] = "abc";
  } message;
  const pid_t child = make_child([&] {
    sembuf up{0, 1, 0};
    return semop(semaphores, &up, 1) == 0 && msgsnd(queue, &message, sizeof message.text, 0) == 0 ? 0 : 1;
  });
  sembuf down{0, -1, 0};
  must(semop(semaphores, &down, 1) == 0, "semop");
  must(msgrcv(queue, &message, sizeof message.text, 0, 0) == sizeof message.text, "msgrcv");
  must(reap_success(child), "System V");
  semctl(semaphores, 0, IPC_RMID);
  msgctl(queue, IPC_RMID, nullptr);
}

void signals() {
  sigset_t users;
  sigemptyset(&users);
  sigaddset(&users, SIGUSR1);
  sigprocmask(SIG_BLOCK, &users, nullptr);
  const pid_t parent = getpid();
  const pid_t child = make_child([&] {
    kill(parent, SIGUSR1);
    int signal = 0;
    return sigwait(&users, &signal);
  });
  int signal = 0;
  must(sigwait(&users, &signal) == 0, "sigwait");
  kill(child, SIGUSR1);
  must(reap_success(child), "signals");
}

void group_stop() {
  const pid_t child = make_child([] {
    raise(SIGSTOP);
    return 0;
  });
  int status = 0;
  must(waitpid(child, &status, WUNTRACED) == child && WIFSTOPPED(status), "WUNTRACED");
  kill(child, SIGCONT);
  must(reap_success(child), "group stop");
}

void other_programs() {
  const pid_t child = vfork();
  if (child == 0) {
    execl("/bin/true", "true", nullptr);
    _exit(127);
  }
  must(reap_success(child), "vfork");
  pid_t spawned = 0;
  char name[] = "true";
  char* argv[] = {name, nullptr};
  must(posix_spawn(&spawned, "/bin/true", nullptr, nullptr, argv, nullptr) == 0, "posix_spawn");
  must(reap_success(spawned), "posix_spawn");
}

void threads() {
  static sem_t there;
  static sem_t back;
  sem_init(&there, 0, 0);
  sem_init(&back, 0, 0);
  pthread_t thread;
  const auto answer = [](void*) -> void* {
    sem_wait(&there);
    sem_post(&back);
    return nullptr;
  };
  must(pthread_create(&thread, nullptr, answer, nullptr) == 0, "pthread_create");
  sem_post(&there);
  sem_wait(&back);
  pthread_join(thread, nullptr);
}

}  // namespace

int main() {
  full_pipe();
  descriptor_waits();
  fifo(O_WRONLY);
  fifo(O_WRONLY | O_CREAT);
  socket_pair();
  file_locks();
  system_v();
  signals();
  group_stop();
  other_programs();
  threads();
}
