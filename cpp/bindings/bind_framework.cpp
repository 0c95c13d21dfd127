#include "bindings.hpp"
#include "tassei/plan.hpp"

namespace tassei::bindings {

void bind_framework(py::module_& m) {
    using namespace py::literals;

    py::enum_<ColumnType>(m, "ColumnType")
        .value("text", ColumnType::text)
        .value("date", ColumnType::date)
        .value("ordinal", ColumnType::ordinal)
        .value("category", ColumnType::category)
        .value("set", ColumnType::set)
        .value("number", ColumnType::number);

    py::class_<Column>(m, "Column")
        .def(py::init<std::string, ColumnType, int>(), "id"_a, "type"_a, "words"_a);
    py::class_<Table>(m, "TableModel")
        .def(py::init<std::string, std::vector<Column>, int, int, int, int, int, bool>(), "id"_a, "columns"_a,
             "start"_a, "end"_a, "date"_a, "identity"_a, "verification"_a, "unique"_a);
    py::class_<SheetCriterion>(m, "SheetCriterion")
        .def(py::init<std::string, Criterion, double>(), "id"_a, "criterion"_a, "weight"_a);
    py::class_<Sheet>(m, "Sheet")
        .def(py::init<int, int, std::vector<SheetCriterion>>(), "specialty"_a, "level"_a, "criteria"_a);
    py::class_<Deeming>(m, "Deeming")
        .def(py::init<Criterion, std::vector<int>>(), "when"_a, "sheets"_a);
    py::class_<Grade>(m, "Grade").def(py::init<int, Condition>(), "level"_a, "condition"_a);
    py::class_<Specialty>(m, "Specialty")
        .def(py::init<std::string, int, std::vector<Grade>>(), "id"_a, "grade_table"_a, "grades"_a);
    py::class_<Framework>(m, "Framework")
        .def(py::init<std::string, std::vector<Table>, std::vector<Specialty>, std::vector<Sheet>,
                      std::vector<Deeming>, bool, int>(),
             "id"_a, "tables"_a, "specialties"_a, "sheets"_a, "deemings"_a, "cumulative"_a,
             "recency_days"_a);

    py::class_<Plan, std::shared_ptr<Plan>>(m, "Plan")
        .def_property_readonly("lanes", [](const Plan& plan) {
            int lanes = 0;
            for (const auto& bank : plan.banks) lanes += bank.lanes;
            return lanes;
        })
        .def_property_readonly("banks", [](const Plan& plan) { return plan.banks.size(); });
    m.def("compile", [](Framework framework) {
        return std::make_shared<Plan>(compile(std::move(framework)));
    }, "framework"_a);
}

}  // namespace tassei::bindings
