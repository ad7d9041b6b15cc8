# The names that the cases' templates use, in Python; data.h has the same in C++.

import datetime

import tornado.escape
import tornado.web


class Person:
    def __init__(self, name, age=0):
        self.name = name
        self.age = age

    def greeting(self, word):
        return f"{word}, {self.name}"


class Tag:
    def __init__(self, name):
        self.name = name

    def __str__(self):
        return f"<{self.name}>"


def text_of(value):
    return value.decode() if isinstance(value, bytes) else value


def upper(text):
    text = text_of(text)
    return "".join(c.upper() if "a" <= c <= "z" else c for c in text)


def backwards(text):
    return text_of(text)[::-1]


def bold(text):
    return "<b>" + text_of(text) + "</b>"


def brackets(text):
    return "[" + text_of(text) + "]"


def squeeze_bytes(text):
    return tornado.escape.squeeze(text.decode())


def twice(value):
    return 2 * value


def fail(message):
    raise RuntimeError(message)


def fail_value(message):
    raise ValueError(message)


def link_class(href):
    return ' class="www" ' if "www" in href else ""


class Bold(tornado.web.UIModule):
    def render(self, text):
        return bold(text)


class Counter(tornado.web.UIModule):
    calls = 0

    def render(self):
        self.calls += 1
        return str(self.calls)


class First(tornado.web.UIModule):
    def render(self, text):
        return "1" + text

    def embedded_javascript(self):
        return "js1()"

    def css_files(self):
        return ["/1.css", "/c.css"]

    def html_head(self):
        return '<meta name="1">'


class Second(tornado.web.UIModule):
    def render(self, text):
        return "2" + text

    def javascript_files(self):
        return ["/2.js"]

    def embedded_css(self):
        return "b {}"

    def css_files(self):
        return ["/c.css"]

    def html_body(self):
        return "<hr>"


class Failing(tornado.web.UIModule):
    def render(self):
        raise RuntimeError("no")
