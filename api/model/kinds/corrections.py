"""Corrections, declared."""

from api.model.declaration import Kind, ManyValues, OneValue, Period, Text
from api.model.links import CorrectionRecord
from api.model.tables import Correction

CORRECTION = Kind(
    name="correction",
    plural="corrections",
    model=Correction,
    filters={
        "document": OneValue(Correction.document),
        "record_kind": ManyValues(CorrectionRecord.correction, CorrectionRecord.record_kind),
        "record": ManyValues(CorrectionRecord.correction, CorrectionRecord.record),
    },
    period=Period(Correction.date, Correction.date),
    sorts={"date": Correction.date},
    texts=(Text(Correction.what, "what"), Text(Correction.why, "why")),
    in_search=False,
)
