#include "bindings.hpp"
#include "tassei/coverage.hpp"
#include "watched.hpp"

namespace tassei::bindings {
namespace {

py::array_t<std::int64_t> table(const std::vector<Tally>& tallies) {
    const std::vector<py::ssize_t> shape{static_cast<py::ssize_t>(tallies.size()), 3};
    return py::array_t<std::int64_t>(shape, tallies.empty() ? nullptr : tallies.front().data());
}

}  // namespace

void bind_coverage(py::module_& m) {
    using namespace py::literals;
    m.def("coverage", [](const Assessment& assessment) {
        // the assessment is immutable, and held by this call
        const auto found = watched("coverage", assessment.evidence->persons, [&] { return coverage(assessment); });
        return py::make_tuple(table(found.people), table(found.records));
    }, "assessment"_a);
}

}  // namespace tassei::bindings
