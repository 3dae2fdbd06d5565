#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""names.py serve ADDRESS: a name server whose answers are as odd as the first part of the name says.
names.py forge NAME: asks 127.0.0.1 for it and answers itself, by a raw socket.
names.py ask SERVER [WORD=VALUE...] NAME...: asks for each name; prints "NAME answered" or "NAME -".
   tcp=1: by TCP. twice=1: two segments. type=28: for AAAA. id=N, port=N: the question's own. bind=A

"a10.example.com" has the address 10.9.0.10, "a10.x" as well; AAAA: fd09::10.
"""
import socket
import struct
import sys
import threading

A, CNAME, AAAA = 1, 5, 28


def wire(name):
    return b''.join(bytes([len(p)]) + p.encode() for p in name.split('.') if p) + b'\0'


def record(owner, kind, data, ttl=300, klass=1):
    return owner + struct.pack('>HHIH', kind, klass, ttl, len(data)) + data


def read_name(message, at=12):
    parts = []
    while message[at]:
        parts.append(message[at + 1:at + 1 + message[at]].decode('latin1'))
        at += 1 + message[at]
    return '.'.join(parts), at + 1


def address(number, kind):
    if kind == AAAA:
        return socket.inet_pton(socket.AF_INET6, 'fd09::%d' % number)
    return socket.inet_aton('10.9.0.%d' % number)


def answer(message):
    """What a question gets, as bytes; None: nothing."""
    name, end = read_name(message)
    kind = struct.unpack('>H', message[end:end + 2])[0]
    how, _, number = name.split('.')[0].lower().rpartition('-')
    number = int((number or how).lstrip('a'))
    ident, flags, question = message[:2], 0x8180, message[12:end + 4]
    ptr, count = b'\xc0\x0c', 1
    data = address(number, kind)
    body = record(ptr, kind, data)
    if how == 'cname':  # two aliases, the last one by a pointer into the one before
        alias = wire('one.cdn.test')
        first = record(ptr, CNAME, alias)
        at = 12 + len(question) + len(first) - len(alias)
        second = record(b'\xc0' + bytes([at]), CNAME, b'\x03two\xc0' + bytes([at + 4]))
        body = first + second + record(wire('TWO.cdn.test'), kind, data)
        count = 3
    elif how == 'stray':  # of another name
        body = record(wire('evil.test'), kind, data)
    elif how == 'broken':  # the alias leads elsewhere
        body = record(ptr, CNAME, wire('one.test')) + record(wire('two.test'), kind, data)
        count = 2
    elif how == 'id':
        ident = bytes([ident[0] ^ 1, ident[1]])
    elif how == 'name':  # the answer to another question
        question = wire('other' + name[5:]) + message[end:end + 4]
    elif how == 'kind':
        question = question[:-4] + struct.pack('>HH', AAAA if kind == A else A, 1)
    elif how == 'class':
        body = record(ptr, kind, data, klass=3)
    elif how == 'tc':
        flags |= 0x200
    elif how == 'nx':
        flags |= 3
    elif how == 'query':
        flags &= ~0x8000
    elif how == 'short':
        body = body[:-1]
    elif how == 'cut':
        body = body[:5]
    elif how == 'none':
        body = b''
    elif how == 'loop':  # a name that is a pointer to itself
        body = body + record(b'\xc0' + bytes([12 + len(question) + len(body)]), kind, data)
        count = 2
    elif how == 'ahead':
        body = body + record(b'\xc0\xff', kind, data)
        count = 2
    elif how == 'label':  # a part of 64 bytes and more
        body = body + record(b'\x7fabc', kind, data)
        count = 2
    elif how == 'size':
        body = record(ptr, kind, data + b'\0')
    elif how == 'long':  # a name of more than 255 bytes
        body = body + record(wire('.'.join(['x' * 60] * 5)), kind, data)
        count = 2
    elif how == 'dot':  # a part of a name that has a dot in it
        body = body + record(b'\x03a.b' + ptr, kind, data)
        count = 2
    elif how == 'more':
        count = 9
    elif how == 'many':
        body = b''.join(record(ptr, kind, address(number + n, kind)) for n in range(5))
        count = 5
    elif how == 'ttl0':
        body = record(ptr, kind, data, ttl=0)
    return ident + struct.pack('>HHHHH', flags, 1, count, 0, 0) + question + body


def serve_tcp(listener):
    while True:
        peer = listener.accept()[0]
        data = peer.recv(4096)
        out = answer(data[2:])
        framed = struct.pack('>H', len(out)) + out
        peer.sendall(framed)
        peer.close()


def serve(where):
    family = socket.AF_INET6 if ':' in where else socket.AF_INET
    udp, tcp = socket.socket(family, socket.SOCK_DGRAM), socket.socket(family, socket.SOCK_STREAM)
    tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    udp.bind((where, 53))
    tcp.bind((where, 53))
    tcp.listen(16)
    threading.Thread(target=serve_tcp, args=(tcp,), daemon=True).start()
    print('ready', flush=True)
    while True:
        message, peer = udp.recvfrom(4096)
        udp.sendto(answer(message), peer)


def ask(server, words, name, ident):
    family = socket.AF_INET6 if ':' in server else socket.AF_INET
    message = struct.pack('>HHHHHH', int(words.get('id', ident)), 0x100, 1, 0, 0, 0) + wire(name)
    message += struct.pack('>HH', int(words.get('type', A)), 1)
    tcp = 'tcp' in words
    sock = socket.socket(family, socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM)
    sock.settimeout(2)
    try:
        if 'port' in words:
            sock.bind(('', int(words['port'])))
        sock.connect((server, 53))
        sock.send((struct.pack('>H', len(message)) if tcp else b'') + message)
        got = sock.recv(4096)
    except OSError as error:
        return '- %s' % error
    return 'answered' if got else '-'


def checksum(data):
    total = sum(struct.unpack('>%dH' % (len(data) // 2), data))
    total = (total & 0xffff) + (total >> 16)
    return ~(total + (total >> 16)) & 0xffff


def forge(name):
    question = struct.pack('>HHHHHH', 1, 0x100, 1, 0, 0, 0) + wire(name) + struct.pack('>HH', A, 1)
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.settimeout(1)
    sock.connect(('127.0.0.1', 53))
    sock.send(question)
    try:
        sock.recv(1)  # that nobody is there
    except OSError:
        pass
    data = answer(question)
    here = socket.inet_aton('127.0.0.1')
    head = struct.pack('>BBHHHBBH4s4s', 0x45, 0, 28 + len(data), 7, 0, 64, 17, 0, here, here)
    head = head[:10] + struct.pack('>H', checksum(head)) + head[12:]
    packet = head + struct.pack('>HHHH', 53, sock.getsockname()[1], 8 + len(data), 0) + data
    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    try:
        raw.sendto(packet, ('127.0.0.1', 0))
        return 'answered' if sock.recv(4096) else '-'
    except OSError:
        return '-'


def main():
    if sys.argv[1] == 'serve':
        serve(sys.argv[2])
    if sys.argv[1] == 'forge':
        print(sys.argv[2], forge(sys.argv[2]))
        return
    words = dict(w.split('=', 1) for w in sys.argv[3:] if '=' in w)
    for n, name in enumerate(w for w in sys.argv[3:] if '=' not in w):
        print(name, ask(sys.argv[2], words, name, 1000 + n), flush=True)


main()
