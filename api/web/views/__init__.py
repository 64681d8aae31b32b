"""The pages for people: one module a view."""

from api.web.views import (
    about,
    argument,
    assets,
    docs,
    home,
    lists,
    machines,
    obstacles,
    quotation,
    read,
    record,
    search,
    timeline,
    who,
    words,
)

VIEWS = (
    read,
    words,
    who,
    timeline,
    obstacles,
    argument,
    record,
    lists,
    search,
    quotation,
    home,
    about,
    docs,
    machines,
    assets,
)
