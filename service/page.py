"""Put checked statements in order: frames only before what they frame, items under their lead, rows in tables."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from service.attribution import Attribution, Checked
from service.evidence import Draft, Span, Statement, Table
from service.figures import figures
from service.statements import Said
from service.verification import Finding, verify

SILENT = "该市文件未提及"
_FRAGMENT = 14
"""An item of at most so many characters, and no figure, is bare: it names something, no more."""
_SAYS_SO = re.compile(r"不|可以|应当|必须|允许|禁止|需|免|未|罚")
_HARMLESS = ("voice", "markup")


class Page:
    """An answer as it grows, statement by statement."""

    def __init__(
        self,
        attribution: Attribution,
        *,
        lead: Sequence[Statement] = (),
        homes: frozenset[tuple[str, int]] = frozenset(),
        silent: Sequence[str] = (),
    ) -> None:
        """`lead` goes first. `homes`: the clauses, as (document id, row), that a bare item must stand in,
        since it says something only as an answer; none: any. `silent`: cities that no document speaks for."""
        self._attribution = attribution
        self._answering = homes
        self._silent = silent
        self._blocks: list[Statement | Table] = list(lead)
        self._led = len(self._blocks)
        self._header: tuple[str, ...] | None = None
        self._rows: list[tuple[tuple[str, ...], tuple[Span, ...]]] = []
        self._region: str | None = None
        self._line: tuple[int, str | None] = (-1, None)
        self._barred = False
        self._homes: set[tuple[str, int]] | None = None
        self._said: set[str] = set()
        self.checks: Counter[str] = Counter(kept=0, moved=0, dropped=0)
        self.findings: list[Finding] = []
        self.counts = False
        """A frame says how many follow, so that nothing may leave before they have."""

    def add(self, said: Said) -> None:
        """Check one statement and put it in its place."""
        if said.kind not in ("header", "row"):
            self._end_table()
        if said.kind == "header":
            self._end_table()
        if self._barred and said.kind in ("item", "row"):
            self._drop(Finding("lead", said.text[:40], said.text))
            return
        region = self._region
        if self._line[0] == said.line and self._line[1] is not None:
            region = self._line[1]
        checked = self._attribution.check(said, region=region, header=self._header or ())
        if checked.outcome == "dropped":
            self._take_out(checked)
            return
        if said.kind != "item" and not said.leads_in and said.kind != "row":
            self._homes, self._barred = None, False
        if not checked.stands_on:
            self._add_frame(checked)
            return
        if said.kind == "item" and not self._fits_the_lead(checked):
            self._drop(Finding("lead", said.text[:40], said.text))
            return
        plain = re.sub(r"\W", "", checked.text)
        if plain in self._said:
            return  # Said before: a model that goes round in circles.
        self._said.add(plain)
        self.checks[checked.outcome] += 1
        named = self._attribution.regions_named(checked.text)
        if len(named) == 1:
            self._line = (said.line, named[0])
        if said.leads_in:
            self._lead(checked)
        if said.kind == "row":
            self._rows.append((said.cells, checked.spans))
            return
        self._blocks.append(Statement(f"{said.opening}{checked.text}", checked.spans))

    def draft(self, *, settled: bool = False) -> Draft:
        """Return what has passed; `settled` leaves out what a later statement may still take away."""
        blocks = [*self._blocks]
        table = self._table()
        if table is not None and not settled:
            blocks.append(table)
        while len(blocks) > self._led and isinstance(blocks[-1], Statement) and not blocks[-1].spans:
            blocks.pop()
        if len(blocks) <= self._led:
            return Draft(())
        if not settled:
            mentioned = text_of(Draft(tuple(blocks)))
            blocks += [Statement(f"{name}：{SILENT}。") for name in self._silent if name not in mentioned]
        return verify(Draft(tuple(blocks))).draft

    def _take_out(self, checked: Checked) -> None:
        said = checked.said
        if not checked.findings:
            return  # A list of sources: the citations say it.
        self.checks["dropped"] += 1
        self.findings += checked.findings
        if said.leads_in:
            self._homes = None
            harmless = all(finding.kind in _HARMLESS for finding in checked.findings)
            self._barred = not harmless and (
                any(finding.kind != "wording" for finding in checked.findings)
                or _SAYS_SO.search(said.text) is not None
            )
            self._region = None
        if said.kind == "header":
            self._barred = True

    def _drop(self, finding: Finding) -> None:
        self.checks["dropped"] += 1
        self.findings.append(finding)

    def _add_frame(self, checked: Checked) -> None:
        said = checked.said
        if said.kind == "header":
            self._header, self._barred = said.cells, False
            return
        self._lead(checked)
        text = f"**{checked.text}**" if said.kind == "heading" else checked.text
        last = self._blocks[-1] if len(self._blocks) > self._led else None
        if (
            said.kind == "heading"
            and isinstance(last, Statement)
            and not last.spans
            and last.text.startswith("**")
        ):
            self._blocks.pop()  # A heading that nothing came of.
        self._blocks.append(Statement(f"{said.opening}{text}"))

    def _lead(self, checked: Checked) -> None:
        """What follows belongs to this: its city, its clause."""
        named = self._attribution.regions_named(checked.text)
        self._region = named[0] if len(named) == 1 else (None if named else self._region)
        self._barred = False
        self.counts = self.counts or bool(figures(checked.text))
        self._homes = {(span.document.id, span.paragraph.clause) for span in checked.stands_on} or None

    def _fits_the_lead(self, checked: Checked) -> bool:
        """An item stands in the clause that its lead stands in; a bare one, in those of the composed answer."""
        if self._homes is not None and checked.said.opening:
            return all(
                any(
                    document == span.document.id
                    and (
                        row in span.document.path(span.paragraph.clause)
                        or span.paragraph.clause in span.document.path(row)
                    )
                    for document, row in self._homes or ()
                )
                for span in checked.stands_on
            )
        bare = len(re.findall(r"[\u4e00-\u9fff]", checked.text)) <= _FRAGMENT and not figures(checked.text)
        return not bare or self._answers(checked.stands_on)

    def _answers(self, spans: Sequence[Span]) -> bool:
        return not self._answering or all(
            (span.document.id, span.paragraph.clause) in self._answering for span in spans
        )

    def _table(self) -> Table | None:
        if not self._rows:
            return None
        width = max(len(cells) for cells, _ in self._rows)
        header = (self._header or ())[:width] + ("",) * (width - len(self._header or ()))
        rows = tuple((cells + ("",) * (width - len(cells)), spans) for cells, spans in self._rows)
        return Table(header, rows)

    def _end_table(self) -> None:
        table = self._table()
        if table is not None:
            self._blocks.append(table)
        self._header, self._rows = None, []


def text_of(draft: Draft) -> str:
    """Return the words of a draft, a line for each statement and row."""
    lines = []
    for block in draft.blocks:
        if isinstance(block, Table):
            lines += [" ".join(cells) for cells, _ in block.rows]
        else:
            lines.append(block.text)
    return "\n".join(lines)
