#include "bindings.hpp"
#include "tassei/explain.hpp"

namespace tassei::bindings {

void bind_explain(py::module_& m) {
    using namespace py::literals;

    py::enum_<Truth>(m, "Truth")
        .value("no", Truth::no)
        .value("unknown", Truth::unknown)
        .value("yes", Truth::yes);
    py::enum_<Basis>(m, "Basis")
        .value("none", Basis::none)
        .value("evidenced", Basis::evidenced)
        .value("deemed", Basis::deemed);

    py::class_<Obstacle>(m, "Obstacle")
        .def_readonly("id", &Obstacle::id)
        .def_readonly("depth", &Obstacle::depth)
        .def_readonly("truth", &Obstacle::truth);
    py::class_<RecordFinding>(m, "RecordFinding")
        .def_readonly("row", &RecordFinding::row)
        .def_readonly("truth", &RecordFinding::truth)
        .def_readonly("counts", &RecordFinding::counts)
        .def_property_readonly("low", [](const RecordFinding& r) { return r.added.low; })
        .def_property_readonly("high", [](const RecordFinding& r) { return r.added.high; })
        .def_readonly("condition", &RecordFinding::condition)
        .def_property_readonly("standing", [](const RecordFinding& r) { return r.standing.counts; })
        .def_property_readonly("dated", [](const RecordFinding& r) { return r.standing.start != no_day; })
        .def_readonly("weakly_verified", &RecordFinding::weakly_verified)
        .def_readonly("days", &RecordFinding::days)
        .def_readonly("grade", &RecordFinding::grade)
        .def_readonly("possible_grade", &RecordFinding::possible_grade)
        .def_readonly("obstacles", &RecordFinding::obstacles)
        .def_readonly("shortfall", &RecordFinding::shortfall);
    py::class_<CriterionFinding>(m, "CriterionFinding")
        .def_readonly("id", &CriterionFinding::id)
        .def_readonly("truth", &CriterionFinding::truth)
        .def_property_readonly("low", [](const CriterionFinding& c) { return c.found.low; })
        .def_property_readonly("high", [](const CriterionFinding& c) { return c.found.high; })
        .def_readonly("required", &CriterionFinding::required)
        .def_readonly("table", &CriterionFinding::table)
        .def_readonly("records", &CriterionFinding::records)
        .def_readonly("parts", &CriterionFinding::parts);
    py::class_<SheetFinding>(m, "SheetFinding")
        .def_readonly("truth", &SheetFinding::truth)
        .def_readonly("basis", &SheetFinding::basis)
        .def_readonly("criteria", &SheetFinding::criteria)
        .def_readonly("deemings", &SheetFinding::deemings);

    m.def("explain", &explain, "assessment"_a, "person"_a, "sheet"_a);
}

}  // namespace tassei::bindings
