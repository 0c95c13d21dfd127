#include "bindings.hpp"
#include "tassei/assess.hpp"
#include "tassei/statistics.hpp"
#include "watched.hpp"

namespace tassei::bindings {
namespace {

py::ssize_t size(std::size_t n) { return static_cast<py::ssize_t>(n); }

/// A column of an assessment, persons × something, seen without a copy.
template <class Seen, class Stored>
py::array column(const py::object& self, const std::vector<Stored>& values, py::ssize_t persons,
                 std::size_t width) {
    static_assert(sizeof(Seen) == sizeof(Stored));
    return lend(reinterpret_cast<const Seen*>(values.data()), {persons, size(width)}, self);
}

template <class Seen, auto Member>
py::array by_specialty(const py::object& self) {
    const auto& a = self.cast<const Assessment&>();
    return column<Seen>(self, a.*Member, a.evidence->persons, a.plan->ladder.size());
}

template <class Seen, auto Member>
py::array by_sheet(const py::object& self) {
    const auto& a = self.cast<const Assessment&>();
    return column<Seen>(self, a.*Member, a.evidence->persons, a.plan->sheets.size());
}

}  // namespace

void bind_assess(py::module_& m) {
    using namespace py::literals;

    py::class_<Assessment, std::shared_ptr<Assessment>>(m, "Assessment")
        .def_property_readonly("level", by_specialty<std::int32_t, &Assessment::level>)
        .def_property_readonly("possible_level", by_specialty<std::int32_t, &Assessment::possible_level>)
        .def_property_readonly("level_basis", by_specialty<std::uint8_t, &Assessment::level_basis>)
        .def_property_readonly("status", by_sheet<std::uint8_t, &Assessment::status>)
        .def_property_readonly("basis", by_sheet<std::uint8_t, &Assessment::basis>)
        .def_property_readonly("score", [](const py::object& self) {
            const auto& a = self.cast<const Assessment&>();
            return lend(a.score.data(), {a.score.rows(), a.score.cols()}, self);
        });

    m.def("assess", [](std::shared_ptr<Plan> plan, std::shared_ptr<Evidence> evidence, Day as_of,
                       std::vector<int> min_verification, int threads,
                       std::vector<std::vector<bool>> filled) {
        const auto persons = evidence->persons;
        const auto run = [&] {  // plan and evidence are immutable, and held by this call
            return std::make_shared<Assessment>(
                assess(plan, evidence, {as_of, std::move(min_verification), threads, std::move(filled)}));
        };
        return tied(watched("assess", persons, run), evidence);
    }, "plan"_a, "evidence"_a, "as_of"_a, "min_verification"_a, "threads"_a,
       "filled"_a = std::vector<std::vector<bool>>{});

    py::class_<CriteriaTable, std::shared_ptr<CriteriaTable>>(m, "CriteriaTable")
        .def_readonly("low", &CriteriaTable::low)
        .def_readonly("high", &CriteriaTable::high)
        .def_readonly("progress", &CriteriaTable::progress)
        .def_property_readonly("status", [](const py::object& self) {
            const auto& table = self.cast<const CriteriaTable&>();
            return column<std::uint8_t>(self, table.status, table.low.rows(),
                                        static_cast<std::size_t>(table.low.cols()));
        });
    m.def("criteria", [](const Assessment& assessment, const Array<std::int64_t>& persons) {
        return watched("criteria", persons.size(), [&assessment, rows = view(persons)] {
            return std::make_shared<CriteriaTable>(criteria(assessment, rows));
        });
    }, "assessment"_a, py::arg("persons").noconvert());

    m.def("distribution", [](const Assessment& assessment, const Array<std::int32_t>& groups,
                             std::int32_t count) {
        const auto d = distribution(assessment, view(groups), count);
        const auto shape = std::vector<py::ssize_t>{count, size(assessment.plan->ladder.size()),
                                                    size(d.levels.size())};
        return py::make_tuple(d.levels, py::array_t<std::int64_t>(shape, d.certain.data()),
                              py::array_t<std::int64_t>(shape, d.possible.data()),
                              py::array_t<std::int64_t>(size(d.people.size()), d.people.data()));
    }, "assessment"_a, py::arg("groups").noconvert(), "count"_a);
}

}  // namespace tassei::bindings
