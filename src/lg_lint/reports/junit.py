"""JUnit XML: a test suite a file, a failed test a finding."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from lg_lint.base.finding import Finding, Place
from lg_lint.reports.text import details, one_line

if TYPE_CHECKING:
    from lg_lint.reports.context import Context
    from lg_lint.run.report import Report


def render(report: Report, context: Context) -> str:  # noqa: ARG001
    """The document, ASCII alone; one passed test where there are no findings."""
    count = len(report.findings)
    root = ElementTree.Element(
        "testsuites", name="lg-lint", tests=str(max(1, count)), failures=str(count), errors="0"
    )
    if not report.findings:
        suite = _suite(root, "lg-lint", tests=1, failures=0)
        ElementTree.SubElement(suite, "testcase", name="No findings", classname="lg-lint")
    for path, group in groupby(report.findings, key=lambda finding: finding.place.path):
        findings = list(group)
        suite = _suite(root, path, tests=len(findings), failures=len(findings))
        for finding in findings:
            _case(suite, finding)
    ElementTree.indent(root)
    # References instead of letters beyond ASCII: right in whatever encoding it is printed.
    xml: bytes = ElementTree.tostring(root, encoding="us-ascii", xml_declaration=True)
    return xml.decode("ascii") + "\n"


def _suite(
    root: ElementTree.Element, name: str, *, tests: int, failures: int
) -> ElementTree.Element:
    return ElementTree.SubElement(
        root,
        "testsuite",
        name=name,
        package="lg_lint",
        tests=str(tests),
        failures=str(failures),
        errors="0",
    )


def _case(suite: ElementTree.Element, finding: Finding) -> None:
    row, column = _row_and_column(finding.place)
    case = ElementTree.SubElement(
        suite,
        "testcase",
        name=f"{finding.code} {finding.name}",
        classname=finding.place.path.rpartition(".")[0] or finding.place.path,
        file=finding.place.path,
        line=row,
        column=column,
    )
    failure = ElementTree.SubElement(
        case, "failure", message=finding.message, type=finding.severity.value
    )
    failure.text = "\n".join([one_line(finding), *details(finding)])


def _row_and_column(place: Place) -> tuple[str, str]:
    """JUnit knows no notebook cells: findings in them point to the start of the file."""
    return ("1", "1") if place.cell is not None else (str(place.row), str(place.column))
