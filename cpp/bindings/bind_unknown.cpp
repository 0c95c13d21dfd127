#include "bindings.hpp"

#include <algorithm>

#include "tassei/unknown.hpp"
#include "watched.hpp"

namespace tassei::bindings {

void bind_unknown(py::module_& m) {
    using namespace py::literals;

    m.def("telling_records", [](const Assessment& assessment) {
        const auto found = watched("unknowns", assessment.evidence->persons,
                                   [&] { return telling_records(assessment); });
        const auto column = [&](auto get) {
            py::array_t<std::int64_t> values(static_cast<py::ssize_t>(found.size()));
            std::transform(found.begin(), found.end(), values.mutable_data(), get);
            return values;
        };
        return py::make_tuple(column([](const TellingRecord& r) { return r.person; }),
                              column([](const TellingRecord& r) { return std::int64_t{r.table}; }),
                              column([](const TellingRecord& r) { return r.row; }),
                              column([](const TellingRecord& r) { return std::int64_t{r.settles}; }));
    }, "assessment"_a);
}

}  // namespace tassei::bindings
