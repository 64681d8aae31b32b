"""The stack as its tutorial teaches it: SQLModel classes with relationships, a session a request, a response model.

It reads the article's own database and answers with the same claims, their actors, places and topics, and the total.
"""

import os
from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Query
from sqlalchemy import JSON, Column, func
from sqlmodel import Field, Relationship, Session, SQLModel, create_engine, select

engine = create_engine(f"sqlite:///{os.environ['DATABASE']}", connect_args={"check_same_thread": False})


class ClaimActor(SQLModel, table=True):
    __tablename__ = "claim_actor"
    claim: int = Field(foreign_key="claim.sequence", primary_key=True)
    ordinal: int
    actor: str = Field(foreign_key="actor.id", primary_key=True)


class ClaimPlace(SQLModel, table=True):
    __tablename__ = "claim_place"
    claim: int = Field(foreign_key="claim.sequence", primary_key=True)
    ordinal: int
    place: str = Field(foreign_key="place.id", primary_key=True)


class ClaimTopic(SQLModel, table=True):
    __tablename__ = "claim_topic"
    claim: int = Field(foreign_key="claim.sequence", primary_key=True)
    ordinal: int
    topic: str = Field(foreign_key="topic.id", primary_key=True)


class ActorBase(SQLModel):
    id: str
    name: str
    category: str
    of: str | None
    mention_count: int


class Actor(ActorBase, table=True):
    sequence: int = Field(primary_key=True)


class PlaceBase(SQLModel):
    id: str
    name: str


class Place(PlaceBase, table=True):
    sequence: int = Field(primary_key=True)


class TopicBase(SQLModel):
    id: str = Field(primary_key=True)
    label: str


class Topic(TopicBase, table=True):
    pass


class ClaimBase(SQLModel):
    id: str
    document: str
    section: str
    ordinal: int
    statement: str
    type: str
    mode: str
    speaker: str | None
    hedged: bool
    hedge_cue: str | None
    note: str | None
    quote: str
    start: int
    end: int
    utf16_start: int
    utf16_end: int
    prefix: str
    suffix: str


class Claim(ClaimBase, table=True):
    sequence: int = Field(primary_key=True)
    quantities: list[dict[str, Any]] = Field(sa_column=Column(JSON))
    actors: list[Actor] = Relationship(link_model=ClaimActor)
    places: list[Place] = Relationship(link_model=ClaimPlace)
    topics: list[Topic] = Relationship(link_model=ClaimTopic)


class ClaimPublic(ClaimBase):
    quantities: list[dict[str, Any]]
    actors: list[ActorBase]
    places: list[PlaceBase]
    topics: list[TopicBase]


class ClaimsPublic(SQLModel):
    data: list[ClaimPublic]
    count: int


def get_session() -> Iterator[Session]:
    with Session(engine) as session:
        yield session


app = FastAPI()


@app.get("/claims", response_model=ClaimsPublic)
def read_claims(
    session: Annotated[Session, Depends(get_session)], offset: int = 0, limit: Annotated[int, Query(le=100)] = 100
) -> Any:
    count = session.exec(select(func.count()).select_from(Claim)).one()
    claims = session.exec(select(Claim).order_by("sequence").offset(offset).limit(limit)).all()
    return {"data": claims, "count": count}
