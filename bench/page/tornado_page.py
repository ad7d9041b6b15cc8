"""The page of page_bench.py in Tornado: `tornado_page.py PORT`."""

import asyncio
import sys

import tornado.template
import tornado.web

PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Orders of {{ user }}</title></head>
<body>
<nav><a href="/">Home</a> <a href="/orders">Orders</a> <a href="/logout">Sign out {{ user }}</a></nav>
<form method="post" action="/orders">{% module xsrf_form_html() %}<input name="item"><button>Order</button></form>
<table>
{% for order in orders %}
<tr class="{% if order["price"] > 50 %}dear{% else %}cheap{% end %}">
  <td><a href="/orders/{{ order["number"] }}">{{ order["number"] }}</a></td>
  <td>{{ order["customer"] }}</td>
  <td>{{ order["item"] }}</td>
  <td>{{ order["price"] }}</td>
</tr>
{% end %}
</table>
</body>
</html>
"""

ORDERS = [{"number": 1000 + i, "customer": f"Customer & Sons {i}", "item": f"An item of some kind <{i * 7}>",
           "price": 0.5 * i + 10} for i in range(120)]


class Base(tornado.web.RequestHandler):
    def get_current_user(self):
        user = self.get_secure_cookie("user")
        return user.decode() if user else None


class Orders(Base):
    @tornado.web.authenticated
    def get(self):
        self.render("orders.html", orders=ORDERS, user=self.current_user)


class Login(Base):
    def get(self):
        self.set_secure_cookie("user", "ada")
        self.xsrf_token
        self.write("signed in")


async def main():
    app = tornado.web.Application(
        [("/orders", Orders), ("/login", Login)], login_url="/login", xsrf_cookies=True,
        cookie_secret="0123456789abcdef0123456789abcdef",
        template_loader=tornado.template.DictLoader({"orders.html": PAGE.replace(
            "{% module xsrf_form_html() %}", "{% raw xsrf_form_html() %}")}))
    app.listen(int(sys.argv[1]), "127.0.0.1")
    print("listening", flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
