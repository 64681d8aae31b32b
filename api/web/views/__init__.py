"""The pages for people: one module a view."""

from api.web.views import about, assets, home, lists, read, record, search, words

VIEWS = (read, words, record, lists, search, home, about, assets)
