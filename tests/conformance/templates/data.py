# What the cases' templates call, in Python; data.h has the same in C++.

import datetime

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


def twice(value):
    return 2 * value


def fail(message):
    raise RuntimeError(message)


def fail_value(message):
    raise ValueError(message)


def link_class(href):
    return ' class="www" ' if "www" in href else ""
