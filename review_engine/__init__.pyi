"""The face, for type checkers: every public name and where it lives."""

from review_engine.assembly import open_engine as open_engine
from review_engine.domain.activity import Usage as Usage
from review_engine.domain.actors import Actor as Actor
from review_engine.domain.actors import Role as Role
from review_engine.domain.cases import Case as Case
from review_engine.domain.errors import Conflict as Conflict
from review_engine.domain.errors import InvalidInput as InvalidInput
from review_engine.domain.errors import KeyReused as KeyReused
from review_engine.domain.errors import MoveConflict as MoveConflict
from review_engine.domain.errors import NotAllowed as NotAllowed
from review_engine.domain.errors import NotFound as NotFound
from review_engine.domain.errors import ReviewEngineError as ReviewEngineError
from review_engine.domain.errors import SecretKeyMissing as SecretKeyMissing
from review_engine.domain.errors import SlugTaken as SlugTaken
from review_engine.domain.errors import StoreError as StoreError
from review_engine.domain.errors import UnknownName as UnknownName
from review_engine.domain.keys import SubjectKey as SubjectKey
from review_engine.domain.moves import Move as Move
from review_engine.domain.reviews import Assessment as Assessment
from review_engine.domain.reviews import Finding as Finding
from review_engine.domain.reviews import Remark as Remark
from review_engine.domain.reviews import ReviewSheet as ReviewSheet
from review_engine.domain.subjects import Subject as Subject
from review_engine.domain.verdicts import Checklist as Checklist
from review_engine.domain.verdicts import Refused as Refused
from review_engine.domain.verdicts import Verdict as Verdict
from review_engine.engine import ReviewEngine as ReviewEngine
from review_engine.ports.reception import CatalogQuery as CatalogQuery
from review_engine.ports.reception import QueueQuery as QueueQuery
from review_engine.ports.store import Query as Query
from review_engine.settings import Settings as Settings
from review_engine.usecases.answers import Receipt as Receipt

__version__: str
