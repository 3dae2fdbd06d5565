# SPDX-License-Identifier: GPL-2.0-only
"""A web service with a database: notes are posted, listed and deleted, then it ends."""

import contextlib
import http.server
import json
import os
import sqlite3
import threading
import urllib.request

os.makedirs('/srv/notes', exist_ok=True)
DATABASE = '/srv/notes/notes.db'


def query(sql, *values):
    with contextlib.closing(sqlite3.connect(DATABASE)) as database, database:
        return database.execute(sql, values).fetchall()


class Notes(http.server.BaseHTTPRequestHandler):
    def reply(self, value):
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.reply(query('SELECT id, text FROM notes ORDER BY id'))

    def do_POST(self):
        text = self.rfile.read(int(self.headers['Content-Length'])).decode()
        self.reply(query('INSERT INTO notes (text) VALUES (?) RETURNING id', text))

    def do_DELETE(self):
        self.reply(query('DELETE FROM notes WHERE id = ? RETURNING id', int(self.path[1:])))

    def log_message(self, *args):
        with open('/srv/notes/access.log', 'a') as file:
            print(self.command, self.path, file=file)


def ask(method, path='', text=None):
    request = urllib.request.Request(f'http://127.0.0.1:8081/{path}', text, method=method)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


query('CREATE TABLE IF NOT EXISTS notes (id INTEGER PRIMARY KEY, text TEXT)')
query('DELETE FROM notes')
server = http.server.ThreadingHTTPServer(('127.0.0.1', 8081), Notes)
threading.Thread(target=server.serve_forever).start()
ids = [ask('POST', text=f'note {n}'.encode())[0][0] for n in range(5)]
assert len(ask('GET')) == 5
for number in ids[:3]:
    ask('DELETE', number)
assert [row[0] for row in ask('GET')] == ids[3:]
server.shutdown()
