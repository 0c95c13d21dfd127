#include "bindings.hpp"
#include "tassei/gap.hpp"
#include "watched.hpp"

namespace tassei::bindings {
namespace {

/// A column of the table of gaps, seen without a copy.
template <auto Member>
py::array column(const py::object& self) {
    const auto& values = self.cast<const GapTable&>().*Member;
    return lend(values.data(), {static_cast<py::ssize_t>(values.size())}, self);
}

/// One member of every addition.
template <auto Member>
py::array of_additions(const GapTable& table) {
    return to_array([&] {
        std::vector<std::decay_t<decltype(std::declval<Addition>().*Member)>> values;
        for (const auto& addition : table.additions) values.push_back(addition.*Member);
        return values;
    });
}

}  // namespace

void bind_gap(py::module_& m) {
    using namespace py::literals;

    py::class_<TableCosts>(m, "TableCosts")
        .def(py::init<double, double, std::vector<std::vector<double>>>(), "record"_a, "day"_a, "words"_a);
    py::class_<FilledCell>(m, "FilledCell")
        .def_readonly("column", &FilledCell::column)
        .def_readonly("word", &FilledCell::word)
        .def_readonly("items", &FilledCell::items)
        .def_readonly("number", &FilledCell::number);
    py::class_<NewRecord>(m, "NewRecord")
        .def_readonly("table", &NewRecord::table)
        .def_readonly("cells", &NewRecord::cells)
        .def_readonly("cost", &NewRecord::cost);
    py::class_<Addition>(m, "Addition")
        .def_readonly("table", &Addition::table)
        .def_readonly("record", &Addition::record)
        .def_readonly("row", &Addition::row)
        .def_readonly("days", &Addition::days)
        .def_readonly("count", &Addition::count)
        .def_readonly("cost", &Addition::cost);
    py::class_<Leeway>(m, "Leeway")
        .def_readonly("column", &Leeway::column)
        .def_readonly("words", &Leeway::words)
        .def_readonly("items", &Leeway::items)
        .def_readonly("more", &Leeway::more)
        .def_readonly("distinct", &Leeway::distinct);
    py::class_<Way>(m, "Way")
        .def_readonly("leeway", &Way::leeway)
        .def_readonly("additions", &Way::additions)
        .def_readonly("cost", &Way::cost)
        .def_readonly("exact", &Way::exact);
    py::class_<Ways>(m, "Ways")
        .def_readonly("records", &Ways::records)
        .def_readonly("ways", &Ways::ways)
        .def_readonly("exact", &Ways::exact)
        .def_readonly("criteria", &Ways::criteria)
        .def_readonly("missing", &Ways::missing);

    py::class_<GapTable, std::shared_ptr<GapTable>>(m, "GapTable")
        .def_property_readonly("person", column<&GapTable::person>)
        .def_property_readonly("specialty", column<&GapTable::specialty>)
        .def_property_readonly("sheet", column<&GapTable::sheet>)
        .def_property_readonly("cost", column<&GapTable::cost>)
        .def_property_readonly("exact", column<&GapTable::exact>)
        .def_property_readonly("criterion_gap", column<&GapTable::criterion_gap>)
        .def_property_readonly("criterion", column<&GapTable::criterion>)
        .def_property_readonly("missing", column<&GapTable::missing>)
        .def_property_readonly("addition_gap", column<&GapTable::addition_gap>)
        .def_property_readonly("table", of_additions<&Addition::table>)
        .def_property_readonly("record", of_additions<&Addition::record>)
        .def_property_readonly("row", of_additions<&Addition::row>)
        .def_property_readonly("days", of_additions<&Addition::days>)
        .def_property_readonly("count", of_additions<&Addition::count>)
        .def_property_readonly("addition_cost", of_additions<&Addition::cost>)
        .def_readonly("records", &GapTable::records);

    m.def("gaps", [](const Assessment& assessment, std::vector<TableCosts> costs,
                     const Array<std::int64_t>& persons, int target) {
        // the assessment is immutable, the array is held; a single gap may take long
        return Watched()("gaps", [&, rows = view(persons)] {
            return std::make_shared<GapTable>(gaps(assessment, {std::move(costs)}, rows, target));
        });
    }, "assessment"_a, "costs"_a, py::arg("persons").noconvert(), "target"_a = 0);
    m.def("gap", [](const Assessment& assessment, std::vector<TableCosts> costs, std::int64_t person, int sheet) {
        return Watched()("gap", [&] { return gap(assessment, {std::move(costs)}, person, sheet); });
    }, "assessment"_a, "costs"_a, "person"_a, "sheet"_a);
}

}  // namespace tassei::bindings
