"""Whether a mapping fits an export: all fields it names are there, none identifies a person."""

from collections.abc import Iterator

from lupus_outcomes.data.conversion.export import EVENT, INSTRUMENT, STATUS, Export
from lupus_outcomes.data.conversion.mapping import Mapping, TableMapping
from lupus_outcomes.data.conversion.mapping_column import Place


def check_fit(export: Export, mapping: Mapping) -> None:
    """Refuse a mapping that names what the export does not have, or must not give.

    Raises
    ------
    MappingError
        One line with the file, the section and the key.
    """
    for table in mapping.tables:
        place = Place(mapping.name, table.table)
        for key, field in _named_fields(table):
            _check_field(export, field, place.at(key))
        _check_forms(export, table, place)
        if table.instrument:
            _check_instrument(export, table.instrument, place.at("instrument"))
        if table.events and EVENT not in export.columns:
            raise place.at("events").error(
                f"{export.table.name} has no column {EVENT}", "Remove the line."
            )


def _named_fields(table: TableMapping) -> Iterator[tuple[str, str]]:
    for column in table.columns:
        for field in column.named_fields:
            yield column.column, field
    if table.rows_when:
        yield "rows_when", table.rows_when.field


def _check_field(export: Export, field: str, place: Place) -> None:
    if export.is_flagged(field):
        raise place.error(
            f"the field {field} identifies a person, says the data dictionary", "Map another field."
        )
    place.check_among(field, export.columns, f"is no field of {export.table.name}")


def _check_forms(export: Export, table: TableMapping, place: Place) -> None:
    for column in table.columns:
        status = column.form + STATUS
        if column.form and status not in export.columns:
            raise place.at(column.column).error(
                f"the form {column.form} has no column {status} in {export.table.name}",
                "Correct the form's name, or export the form's status too.",
            )


def _check_instrument(export: Export, instrument: str, place: Place) -> None:
    if INSTRUMENT not in export.columns:
        raise place.error(f"{export.table.name} has no column {INSTRUMENT}", "Remove the line.")
    forms = {column.removesuffix(STATUS) for column in export.columns if column.endswith(STATUS)}
    known = forms | set(export.frame[INSTRUMENT].unique()) - {""}
    place.check_among(instrument, sorted(known), f"is no instrument of {export.table.name}")
