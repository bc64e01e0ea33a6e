"""What ci/bench measures: thirty modules of the standard library, and one rename when they are there."""

import argparse
import ast
import asyncio
import base64
import calendar
import collections
import configparser
import csv
import dataclasses
import datetime
import decimal
import difflib
import email.message
import fractions
import functools
import hashlib
import http.client
import inspect
import json
import logging
import os
import pathlib
import random
import shutil
import socket
import statistics
import subprocess
import tempfile
import unittest
import xml.dom.minidom

with open("result.part", "w", encoding="ascii") as file:
    file.write("done\n")
os.rename("result.part", "result.txt")
os.unlink("result.txt")
