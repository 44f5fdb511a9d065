#!/usr/bin/env python3
# tests/mount/page_dom.py rows|text ID|edges|tags|theme <DOM
#
# What a browser made of the catalogue's page, out of the DOM that it printed:
# the names in the table, a line each; the text of an element; who leads to whom
# in the lineage; which elements there are; the page's colour.
import html.parser
import sys

VOID = {"meta", "link", "input", "br", "img", "hr"}


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open = []  # (tag, attributes)
        self.tags = set()
        self.rows, self.labels = [], []
        self.texts = {}
        self.theme = None

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.tags.add(tag)
        if attributes.get("name") == "theme-color":
            self.theme = attributes["content"]
        if tag not in VOID:
            self.open.append((tag, attributes))
        if self.inside("rows") and attributes.get("class") == "title":
            self.rows.append("")
        if self.inside("lineage") and "box" in attributes.get("class", "").split():
            self.labels.append(attributes["title"])

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        while tag not in VOID and self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, text):
        for _, attributes in self.open:
            if "id" in attributes:
                self.texts[attributes["id"]] = self.texts.get(attributes["id"], "") + text
        if self.inside("rows") and self.open[-1][1].get("class") == "title":
            self.rows[-1] += text

    def inside(self, name):
        return any(attributes.get("id") == name for _, attributes in self.open)


page = Page()
page.feed(sys.stdin.buffer.read().decode())
what = sys.argv[1]
if what == "rows":
    print(*page.rows, sep="\n")
elif what == "edges":
    print(*page.labels, sep="\n")
elif what == "tags":
    print(*sorted(page.tags))
elif what == "theme":
    print(page.theme)
else:
    print(page.texts.get(sys.argv[2], "").strip())
