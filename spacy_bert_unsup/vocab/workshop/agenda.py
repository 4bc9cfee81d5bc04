"""What to label in which order, as rows for a sheet or a screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...errors import AssetsError, Errors
from ...types import Floats
from ..labels import find_missing_seeds, spell_term
from ..propagation import Propagation
from ..vectors import VocabVectors
from .advice import Advice, Adviser
from .folder import Unit, Workshop
from .sheet import SheetRow
from .worklist import Work, doubts, rank_work

UNITS = ("clusters", "terms")
ORDERS = ("mass", "doubt")


@dataclass(frozen=True)
class Agenda:
    """Units in the order of work.

    units (Sequence[Unit]): Clusters, or single terms.
    works (list[Work]): What is left to do, the most valuable first.
    adviser (Adviser): Knows what is near.
    """

    units: Sequence[Unit]
    works: list[Work]
    adviser: Adviser

    @classmethod
    def plan(
        cls,
        shop: Workshop,
        masses: Floats,
        *,
        units: str = "clusters",
        order: str = "mass",
        limit: int | None = None,
        how: Propagation | None = None,
    ) -> Agenda:
        """Rank what nobody has labelled yet.

        shop (Workshop): The folder.
        masses (Floats): (V,) share of running text of each term, sum 1.
        units (str): "clusters", with the terms that have none; or "terms".
        order (str): "mass": by the running text that an answer decides; "doubt": the
            same, weighted by how undecided the last build's vote about it is.
        limit (Optional[int]): Units at most.
        how (Optional[Propagation]): Who may advise.
        RETURNS (Agenda): Ready to make rows.
        RAISES (AssetsError): if doubt is asked for before the first build.
        """
        if order == "doubt" and not shop.labels:
            raise AssetsError(Errors.E239.format(path=shop.folder))
        groups = shop.clusters if units == "clusters" else shop.terms()
        works = rank_work(
            [unit.ids for unit in groups],
            masses,
            done=shop.done,
            weights=doubts(shop.counts) if order == "doubt" else None,
            limit=limit,
        )
        adviser = Adviser.of(shop.table.vectors, how=how or Propagation())
        return cls(groups, works, adviser)

    def rows(
        self, shop: Workshop, works: Sequence[Work] | None = None
    ) -> list[SheetRow]:
        """Show units, with what people have said up to now.

        shop (Workshop): The folder as it is now.
        works (Optional[Sequence[Work]]): Some of the agenda's; all when None.
        RETURNS (list[SheetRow]): In the same order.
        """
        works = self.works if works is None else works
        units = [self.units[work.unit] for work in works]
        advice = self.adviser.advise([unit.ids for unit in units], shop.matched)
        return [
            _row(shop, unit, work, found)
            for unit, work, found in zip(units, works, advice, strict=True)
        ]


def labelled_rows(shop: Workshop) -> list[SheetRow]:
    """What people have said already, a term a row, to change it.

    shop (Workshop): The folder.
    RETURNS (list[SheetRow]): In the order of the seed file; terms that the vocabulary
        lacks, and terms with white space, are left out.
    """
    missing = set(find_missing_seeds(shop.seeds, shop.table.vectors))
    return [
        SheetRow(term, (term,), names)
        for term, names in shop.seeds.items()
        if term not in missing and not any(map(str.isspace, term))
    ]


def _row(shop: Workshop, unit: Unit, work: Work, advice: Advice) -> SheetRow:
    vectors, matched = shop.table.vectors, shop.matched
    return SheetRow(
        key=unit.key,
        terms=_spell(work.terms, vectors),
        suggestion=advice.label,
        share=advice.share,
        mass=work.gain,
        labelled=tuple(
            f"{spell_term(i, vectors)}:{'/'.join(matched[i])}"
            for i in map(int, unit.ids)
            if i in matched
        ),
        neighbours=_spell(advice.neighbours, vectors),
    )


def _spell(ids: Sequence[int], vectors: VocabVectors) -> tuple[str, ...]:
    return tuple(spell_term(i, vectors) for i in ids)
