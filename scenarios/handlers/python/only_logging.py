"""Waits for SIGTERM and dies of it. The exit handler of the logging module does not run then: that is the library's
own, and nothing of the program's is lost."""

import logging
import signal

logging.basicConfig()
logging.warning("waiting")
signal.pause()
