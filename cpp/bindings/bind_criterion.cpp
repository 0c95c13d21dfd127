#include "bindings.hpp"
#include "tassei/criterion.hpp"

namespace tassei::bindings {
namespace {

template <class Node, class Form>
Node make(Form form, int id) {
    Node node;
    node.form = std::move(form);
    node.id = id;
    return node;
}

}  // namespace

void bind_criterion(py::module_& m) {
    using namespace py::literals;
    using Conditions = std::vector<Condition>;
    using Criteria = std::vector<Criterion>;

    py::class_<Condition>(m, "Condition")
        .def_static("constant", [](bool value, int id) { return make<Condition>(Constant{value}, id); },
                    "value"_a, "id"_a = -1)
        .def_static("one_of", [](int column, std::vector<int> words, int id) {
                        std::ranges::sort(words);
                        return make<Condition>(OneOf{column, std::move(words)}, id);
                    }, "column"_a, "words"_a, "id"_a = -1)
        .def_static("contains", [](int column, const std::vector<int>& items, int need, int id) {
                        std::uint64_t mask = 0;
                        for (const int item : items) mask |= std::uint64_t{1} << item;
                        return make<Condition>(Contains{column, mask, need}, id);
                    }, "column"_a, "items"_a, "need"_a, "id"_a = -1)
        .def_static("between", [](int column, double low, double high, bool low_open, bool high_open,
                                  int id) {
                        return make<Condition>(Between{column, low, high, low_open, high_open}, id);
                    }, "column"_a, "low"_a, "high"_a, "low_open"_a, "high_open"_a, "id"_a = -1)
        .def_static("at_least", [](int need, Conditions of, int id) {
                        return make<Condition>(AtLeast{need, std::move(of)}, id);
                    }, "need"_a, "of"_a, "id"_a = -1)
        .def_static("negation", [](const Condition& of, int id) {
                        return make<Condition>(Not{{of}}, id);
                    }, "of"_a, "id"_a = -1);

    py::class_<Nested>(m, "Nested")
        .def(py::init<Condition, double>(), "where"_a, "required"_a);

    py::class_<Criterion>(m, "Criterion")
        .def_static("constant", [](bool value, int id) { return make<Criterion>(Constant{value}, id); },
                    "value"_a, "id"_a = -1)
        .def_static("some", [](int table, Condition where, int id) {
                        return make<Criterion>(Some{table, std::move(where)}, id);
                    }, "table"_a, "where"_a, "id"_a = -1)
        .def_static("duration", [](int table, Condition where, double required, bool united, int id) {
                        return make<Criterion>(Duration{table, std::move(where), required, united}, id);
                    }, "table"_a, "where"_a, "required"_a, "united"_a, "id"_a = -1)
        .def_static("longest", [](int table, Condition where, double required, int id) {
                        return make<Criterion>(Longest{table, std::move(where), required}, id);
                    }, "table"_a, "where"_a, "required"_a, "id"_a = -1)
        .def_static("count", [](int table, Condition where, double required,
                                std::vector<Nested> of_which, int id) {
                        return make<Criterion>(
                            Count{table, std::move(where), required, std::move(of_which)}, id);
                    }, "table"_a, "where"_a, "required"_a, "of_which"_a, "id"_a = -1)
        .def_static("distinct", [](int table, int column, Condition where, double required, int id) {
                        return make<Criterion>(Distinct{table, column, std::move(where), required}, id);
                    }, "table"_a, "column"_a, "where"_a, "required"_a, "id"_a = -1)
        .def_static("other_sheet", [](int sheet, int id) {
                        return make<Criterion>(OtherSheet{sheet}, id);
                    }, "sheet"_a, "id"_a = -1)
        .def_static("at_least", [](int need, Criteria of, int id) {
                        return make<Criterion>(AtLeastCriteria{need, std::move(of)}, id);
                    }, "need"_a, "of"_a, "id"_a = -1)
        .def_static("negation", [](const Criterion& of, int id) {
                        return make<Criterion>(NotCriterion{{of}}, id);
                    }, "of"_a, "id"_a = -1);
}

}  // namespace tassei::bindings
