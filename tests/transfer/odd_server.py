#!/usr/bin/env python3
# tests/transfer/odd_server.py: a web server that does what nginx never would.
# Prints its port. A request's query says how it is answered:
#
#   size=N         bytes of the file (default 100000)
#   cut=N          the connection ends after N bytes of a body
#   status=N       this status, without the file
#   times=N        how many requests are cut or get that status (default all)
#   retry=S        with Retry-After
#   etag=T         strong (default), weak, none, or new with each request
#   date=1         with Last-Modified
#   range=HOW      honour (default), ignore, wrong, bare, other, long, unasked, short (times)
#   chunked=1      without Content-Length
#   to=URL         a redirect
#   hops=N         N redirects, then the file
#   disposition=X  with Content-Disposition
#   headers=1      headers without end
#   silent=1       no answer
#   garbage=1      no HTTP
#   drip=S         a byte of the body each S seconds
#
# /seen shows the requests since /reset: Host, Range, If-Range and
# Accept-Encoding of each.
import http.server
import time
import urllib.parse

counts = {}
seen = []


# (i * 7 + i // 251) % 256 begins again after so many.
PERIOD = bytes((i * 7 + i // 251) % 256 for i in range(251 * 256))


def content(size):
    return (PERIOD * (size // len(PERIOD) + 1))[:size]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def end(self):
        self.close_connection = True

    def plain(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        self.query = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
        if url.path == "/seen":
            return self.plain(200, "".join(seen).encode())
        if url.path == "/reset":
            seen.clear()
            counts.clear()
            return self.plain(200)
        fields = ("Host", "Range", "If-Range", "Accept-Encoding")
        seen.append("|".join(self.headers.get(f, "") for f in fields) + "\n")
        count = counts[self.path] = counts.get(self.path, 0) + 1
        odd = count <= int(self.query.get("times", 1 << 30))
        self.answer(count, odd)

    def answer(self, count, odd):
        query = self.query
        if "silent" in query:
            time.sleep(600)
        elif "garbage" in query:
            self.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n")
            self.end()
        elif "headers" in query:
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            while True:
                self.wfile.write(b"X-More: " + b"x" * 8000 + b"\r\n")
        elif "to" in query:
            self.plain(302, b"<html>moved</html>", Location=query["to"])
        elif query.get("hops", "0") != "0":
            self.plain(301, Location=f"?hops={int(query['hops']) - 1}")
        elif "status" in query and odd:
            more = {"Retry_After": query["retry"]} if "retry" in query else {}
            self.plain(int(query["status"]), b"no", **more)
        else:
            self.file(count, odd)

    def file(self, count, odd):
        query = self.query
        body = content(int(query.get("size", 100000)))
        etag = {"weak": 'W/"1"', "none": "", "new": f'"{count}"'}.get(
            query.get("etag"), '"1"')
        how = query.get("range", "honour")
        first = int(self.headers.get("Range", "bytes=0-")[6:-1])
        same = self.headers.get("If-Range") in (etag, self.date()) or how != "honour"
        part = "Range" in self.headers and same and how != "ignore"
        if part and first >= len(body):
            return self.plain(416, Content_Range=f"bytes */{len(body)}")
        if how == "unasked":
            part, first = True, 0
        self.send_response(206 if part else 200)
        if part:
            if how == "short" and odd:
                body = body[: first + (len(body) - first) // 2 + 1]
            if how != "bare":
                begin = first + (1 if how == "wrong" else 0)
                whole = int(query.get("size", 100000))
                self.send_header("Content-Range", f"bytes {begin}-{len(body) - 1}/{whole}")
            if how == "other":
                etag = '"other"'
            body = body[first:] + (b"more" if how == "long" else b"")
        if etag:
            self.send_header("ETag", etag)
        if "date" in query:
            self.send_header("Last-Modified", self.date())
        if "disposition" in query:
            self.send_header("Content-Disposition", query["disposition"])
        self.body(body, odd)

    def date(self):
        return "Wed, 01 Jan 2025 00:00:00 GMT"

    def body(self, body, odd):
        chunked = "chunked" in self.query or self.query.get("range") == "long"
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
        else:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        cut = odd and "cut" in self.query
        if cut:
            body = body[: int(self.query["cut"])]
        if "drip" in self.query:
            for byte in body:
                self.wfile.write(bytes([byte]))
                time.sleep(float(self.query["drip"]))
        elif chunked:
            for at in range(0, len(body), 5000):
                piece = body[at : at + 5000]
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            if not cut:
                self.wfile.write(b"0\r\n\r\n")
        else:
            self.wfile.write(body)
        if cut:
            self.end()

    # As a proxy is asked for https; this one leads nowhere.
    def do_CONNECT(self):
        seen.append(f"CONNECT {self.path}\n")
        self.plain(403)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):  # a client that went away
        pass


server = Server(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
