"""A contract for import-linter: each package imports only what stands in its row of a table, and nothing late.

`make lint` runs it over `.importlinter`, where the tables are. Imports for type checking count, and so do those inside
functions: where one package would need another that its row lacks, something stands in the wrong place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from importlinter import Contract, ContractCheck, fields, output

if TYPE_CHECKING:
    from grimp import ImportGraph


class Directions(Contract):
    """Checks every import between modules of ours against the table.

    roots: the packages that the table is about; every module below them must belong to a row
    rows: "package: what it may import, separated by blanks"; a row holds for all below it that has no row of its own
    Every module may import its own row's.
    """

    roots = fields.ListField(subfield=fields.StringField())
    rows = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002  (import-linter's own)
        """Find the imports that stand in no row, and the modules that belong to none."""
        table = {name.strip(): allowed.split() for name, _, allowed in (row.partition(":") for row in self.rows)}
        modules = sorted(module for module in graph.modules if module.split(".")[0] in self.roots)
        homeless = [module for module in modules if _row(module, table) is None]
        found = []
        for importer in modules:
            mine = _row(importer, table)
            for imported in sorted(graph.find_modules_directly_imported_by(importer)):
                if imported.split(".")[0] not in self.roots or mine is None or _row(imported, table) == mine:
                    continue
                if not any(_within(imported, package) for package in table[mine]):
                    lines = [
                        one["line_number"] for one in graph.get_import_details(importer=importer, imported=imported)
                    ]
                    found.append((importer, imported, lines))
        return ContractCheck(kept=not (found or homeless), metadata={"found": found, "homeless": homeless})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Name each import with its lines."""
        for module in check.metadata["homeless"]:
            output.print_error(f"{module} belongs to no row of the table.")
        for importer, imported, lines in check.metadata["found"]:
            output.print_error(f"{importer} imports {imported} (line {', '.join(map(str, lines))}): not in its row.")


def _within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def _row(module: str, table: dict[str, list[str]]) -> str | None:
    """Find the row that a module belongs to: that of the smallest package around it."""
    fitting = [package for package in table if _within(module, package)]
    return max(fitting, key=len, default=None)
