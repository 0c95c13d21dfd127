#include "bindings.hpp"
#include "tassei/column.hpp"
#include "tassei/error.hpp"
#include "tassei/evidence.hpp"

namespace tassei::bindings {
namespace {

ColumnData& column(TableData& table, std::size_t index) {
    if (index >= table.columns.size())
        throw EvidenceError("no column number " + std::to_string(index));
    return table.columns[index];
}

template <class Code>
void set_words(TableData& table, std::size_t index, const Array<Code>& codes) {
    column(table, index) = WordColumn{view(codes)};
}

template <class Code>
void set_sets(TableData& table, std::size_t index, const Array<Code>& codes, const Array<std::uint64_t>& has,
              const Array<std::uint64_t>& known) {
    column(table, index) = SetColumn{view(codes), view(has), view(known)};
}

}  // namespace

void bind_evidence(py::module_& m) {
    using namespace py::literals;
    // Columns are seen where they lie: Arrow columns share their memory, keep_alive ties arrays to the
    // table, and noconvert refuses arrays that would have to be copied.
    py::class_<TableData>(m, "TableData")
        .def(py::init([](std::size_t columns, const Array<std::int32_t>& person_of_row,
                         std::int64_t persons) {
                 TableData table;
                 table.supplied = true;
                 table.columns.resize(columns);
                 const auto rows = view(person_of_row);
                 const py::gil_scoped_release release;  // pure C++ on an array that the caller holds
                 group(table, rows, persons);
                 return table;
             }),
             "columns"_a, py::arg("person_of_row").noconvert(), "persons"_a)
        .def("set_dates", [](TableData& table, std::size_t index, const ArrowColumn& dates) {
                 column(table, index) = DateColumn(dates.values(), dates.format().ticks);
             }, "column"_a, "dates"_a)
        .def("set_numbers", [](TableData& table, std::size_t index, const ArrowColumn& numbers) {
                 column(table, index) = NumberColumn(numbers.values());
             }, "column"_a, "numbers"_a)
        .def("set_words", &set_words<std::uint8_t>, "column"_a, py::arg("codes").noconvert(),
             py::keep_alive<1, 3>())
        .def("set_words", &set_words<std::uint16_t>, "column"_a, py::arg("codes").noconvert(),
             py::keep_alive<1, 3>())
        .def("set_sets", &set_sets<std::uint16_t>, "column"_a, py::arg("codes").noconvert(),
             py::arg("has").noconvert(), py::arg("known").noconvert(), py::keep_alive<1, 3>(),
             py::keep_alive<1, 4>(), py::keep_alive<1, 5>())
        .def("set_sets", &set_sets<std::int32_t>, "column"_a, py::arg("codes").noconvert(),
             py::arg("has").noconvert(), py::arg("known").noconvert(), py::keep_alive<1, 3>(),
             py::keep_alive<1, 4>(), py::keep_alive<1, 5>())
        .def("set_identity", [](TableData& table, std::size_t index, const ArrowColumn& texts) {
                 if (texts.rows() != table.rows) throw EvidenceError("an identity for every row is needed");
                 const py::gil_scoped_release release;  // pure C++ on memory that the column owns
                 auto own = std::make_shared<const std::vector<std::int32_t>>(
                     identities(TextColumn(texts), table));
                 column(table, index) = IdentityColumn{*own, own};
             }, "column"_a, "texts"_a)
        .def_readonly("rows", &TableData::rows)
        .def_property_readonly("grouped", [](const TableData& t) { return t.order.empty(); });

    py::class_<Evidence, std::shared_ptr<Evidence>>(m, "Evidence")
        .def(py::init([](std::int64_t persons, const std::vector<std::optional<TableData*>>& tables) {
                 auto evidence = std::make_shared<Evidence>();
                 evidence->persons = persons;
                 // the rows' order moves over; the Python tables stay behind to keep the columns alive
                 for (const auto& table : tables)
                     evidence->tables.push_back(table ? std::move(**table) : TableData{});
                 return evidence;
             }),
             "persons"_a, "tables"_a, py::keep_alive<1, 3>())
        .def("duplicates", [](const Evidence& evidence, std::size_t table) {
                 return to_array([&] { return duplicates(evidence.tables.at(table)); });
             }, "table"_a)
        .def_readonly("persons", &Evidence::persons);
}

}  // namespace tassei::bindings
