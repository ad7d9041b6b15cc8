"""Tests examples.py: its results for a page, and that it can fail."""

import os
import pathlib
import stat
import tempfile
import unittest

import examples

PAGE = """
# Page

```html hello.html
{% param std::string name %}Hello, {{ name }}!
```

```cpp prints
render_to_string(views::hello{.name = "<you>"});
```

```text output
Hello, &lt;you&gt;!
```

```cpp
nobody looks at this
```

<!-- project: shop -->

```console
$ bora routes
GET /  home
```

```html wrong.html refused
{% end %}
```

```text output
wrong.html:1:1: error
```
"""


class Examples(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.root = pathlib.Path(self.folder.name)

    def page(self, text):
        page = self.root / "page.md"
        page.write_text(text)
        return page

    def bora(self, text):
        program = self.root / "bora"
        program.write_text(f"#!/bin/sh\n{text}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        return str(program)

    def test_a_page_becomes_projects(self):
        first, second = examples.read_projects(self.page(PAGE))
        self.assertEqual([block.name for block in first.blocks], ["hello.html", "prints"])
        self.assertEqual(second.name, "shop")
        files = examples.project_files(self.root / "page.md", first)
        self.assertEqual(list(files), ["templates/hello.html"])
        text = examples.program(first, files)
        self.assertIn('#include "views/hello.blocks.h"', text)
        self.assertIn('check("page.md:8", render_to_string(views::hello{.name = "<you>"}),', text)
        self.assertIn("Hello, &lt;you&gt;!", text)
        self.assertNotIn("nobody", text)

    def test_extracting_twice_touches_nothing(self):
        page, out = self.page(PAGE), self.root / "out"
        examples.extract(page, out)
        main = out / "page/bora_docs_main.cpp"
        os.utime(main, (1, 1))
        examples.extract(page, out)
        self.assertEqual(main.stat().st_mtime, 1)
        self.assertFalse((out / "shop/bora_docs_main.cpp").exists())

    def test_commands_are_compared(self):
        page = self.page(PAGE)
        says = 'case $1 in routes) echo "GET /  home" ;; *) echo "wrong.html:1:1: error"; exit 1 ;; esac'
        self.assertEqual(examples.run(page, self.bora(says)), 0)
        self.assertEqual(examples.run(page, self.bora("echo something else")), 1)

    def test_slips_in_a_page_are_errors(self):
        for text in ("```text output\nx\n```\n", "```cpp prints\nf()\n```\n", "```html a.html\nx\n",
                     "```cpp prnts\nf()\n```\n", "```html a.html\nx\n```\n```html a.html\ny\n```\n"):
            with self.subTest(text), self.assertRaises(SystemExit):
                examples.read_projects(self.page(text))


if __name__ == "__main__":
    unittest.main()
