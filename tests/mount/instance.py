#!/usr/bin/env python3
# tests/mount/instance.py
#
# What the capture suite needs of a machine besides the tool: its monitor, what
# its guest wrote, and somebody who answers in a guest agent's place. Each is a
# word of the suite.
import json
import os
import socket
import struct
import sys

SECTORS, STRIDE = 32, 2048


def ask(path, *commands):
    """What the monitor answers to each command, as JSON lines."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(20)
        client.connect(path)
        lines = client.makefile()
        lines.readline()
        for command in ("qmp_capabilities", *commands):
            client.sendall(json.dumps({"execute": command}).encode())
            answer = {}
            while "return" not in answer:
                answer = json.loads(lines.readline())
            if command != "qmp_capabilities":
                print(json.dumps(answer["return"]))


def numbers(disk):
    """What the guest's places hold, in the order of their places."""
    found = []
    with open(disk, "rb") as file:
        for place in range(SECTORS):
            file.seek((1 + place * STRIDE) * 512)
            words = set(struct.unpack("<128I", file.read(512)))
            if len(words) != 1:
                sys.exit(f"{disk}: place {place} holds half a sector")
            found.append(words.pop())
    return found


def newest(disk):
    """The last number that the guest wrote."""
    print(max(numbers(disk)))


def moment(disk):
    """The places hold SECTORS numbers in a row, each where it belongs: the disk
    is one that there was."""
    found = numbers(disk)
    last = max(found)
    if last < SECTORS:
        sys.exit(f"{disk}: the guest did not come round; its last is {last}")
    wanted = [0] * SECTORS
    for number in range(last - SECTORS + 1, last + 1):
        wanted[number % SECTORS] = number
    if found != wanted:
        sys.exit(f"{disk} is no moment's: {found}, not {wanted}")


def agent(path, log, manner):
    """Answers as a guest agent would: there is no system in the guest that one
    could run in. Notes what it is asked. `manner`: good; or sour, which refuses
    to freeze."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(1)
        while True:
            client, _ = listener.accept()
            for line in client.makefile():
                request = json.loads(line)
                command = request["execute"]
                with open(log, "a", encoding="ascii") as notes:
                    notes.write(command + "\n")
                answer = {"return": request.get("arguments", {}).get("id", 1)}
                if manner == "sour" and command.endswith("-freeze"):
                    answer = {"error": {"class": "GenericError",
                                        "desc": "no room to freeze"}}
                client.sendall(json.dumps(answer).encode() + b"\n")
            client.close()


WORDS = (ask, newest, moment, agent)

if __name__ == "__main__":
    try:
        {word.__name__: word for word in WORDS}[sys.argv[1]](*sys.argv[2:])
    except OSError as failure:
        sys.exit(str(failure))
