#include "bindings.hpp"
#include "tassei/plan.hpp"

namespace tassei::bindings {
namespace {

using namespace py::literals;

/// A node as a dict: its form, its id, and what the form has.
struct Outliner {
    int id = -1;

    template <class Node>
    static py::list all(const std::vector<Node>& nodes) {
        py::list list;
        for (const auto& node : nodes) list.append(of(node));
        return list;
    }
    template <class Node>
    static py::dict of(const Node& node) {
        return std::visit(Outliner{node.id}, node.form);
    }

    py::dict operator()(const Constant& f) const {
        return py::dict("form"_a = "constant", "id"_a = id, "value"_a = f.value);
    }
    py::dict operator()(const OneOf& f) const {
        return py::dict("form"_a = "one_of", "id"_a = id, "column"_a = f.column, "words"_a = f.words);
    }
    py::dict operator()(const Contains& f) const {
        return py::dict("form"_a = "contains", "id"_a = id, "column"_a = f.column, "items"_a = f.items,
                        "need"_a = f.need);
    }
    py::dict operator()(const Between& f) const {
        return py::dict("form"_a = "between", "id"_a = id, "column"_a = f.column, "low"_a = f.low,
                        "high"_a = f.high, "low_open"_a = f.low_open, "high_open"_a = f.high_open);
    }
    py::dict operator()(const AtLeast& f) const {
        return py::dict("form"_a = "at_least", "id"_a = id, "need"_a = f.need, "of"_a = all(f.of));
    }
    py::dict operator()(const Not& f) const {
        return py::dict("form"_a = "not", "id"_a = id, "of"_a = all(f.of));
    }

    py::dict operator()(const Some& f) const {
        return py::dict("form"_a = "some", "id"_a = id, "table"_a = f.table, "where"_a = of(f.where));
    }
    py::dict operator()(const Duration& f) const {
        return py::dict("form"_a = "duration", "id"_a = id, "table"_a = f.table, "where"_a = of(f.where),
                        "required"_a = f.required, "united"_a = f.united);
    }
    py::dict operator()(const Longest& f) const {
        return py::dict("form"_a = "longest", "id"_a = id, "table"_a = f.table, "where"_a = of(f.where),
                        "required"_a = f.required);
    }
    py::dict operator()(const Count& f) const {
        py::list nested;
        for (const auto& part : f.of_which)
            nested.append(py::dict("where"_a = of(part.where), "required"_a = part.required));
        return py::dict("form"_a = "count", "id"_a = id, "table"_a = f.table, "where"_a = of(f.where),
                        "required"_a = f.required, "of_which"_a = nested);
    }
    py::dict operator()(const Distinct& f) const {
        return py::dict("form"_a = "distinct", "id"_a = id, "table"_a = f.table, "where"_a = of(f.where),
                        "required"_a = f.required, "column"_a = f.column);
    }
    py::dict operator()(const OtherSheet& f) const {
        return py::dict("form"_a = "sheet", "id"_a = id, "sheet"_a = f.sheet);
    }
    py::dict operator()(const AtLeastCriteria& f) const {
        return py::dict("form"_a = "at_least", "id"_a = id, "need"_a = f.need, "of"_a = all(f.of));
    }
    py::dict operator()(const NotCriterion& f) const {
        return py::dict("form"_a = "not", "id"_a = id, "of"_a = all(f.of));
    }
};

}  // namespace

void bind_outline(py::module_& m) {
    m.def("outline", [](const Plan& plan) {
        const auto& framework = plan.framework;
        py::list sheets;
        for (const auto& sheet : framework.sheets) {
            py::dict criteria;
            for (const auto& item : sheet.criteria) criteria[item.id.c_str()] = Outliner::of(item.criterion);
            sheets.append(criteria);
        }
        py::list deemings;
        for (const auto& deeming : framework.deemings)
            deemings.append(py::make_tuple(Outliner::of(deeming.when), deeming.sheets));
        return py::dict("sheets"_a = sheets, "deemings"_a = deemings,
                        "recency_days"_a = framework.recency_days);
    }, "plan"_a);
}

}  // namespace tassei::bindings
