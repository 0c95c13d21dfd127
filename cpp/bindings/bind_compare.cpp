#include "bindings.hpp"
#include "tassei/compare.hpp"

namespace tassei::bindings {

void bind_compare(py::module_& m) {
    using namespace py::literals;
    using Places = Array<std::int64_t>;
    using Numbers = Array<std::int32_t>;

    m.def("transitions", [](const Assessment& before, const Assessment& after, const Places& person_before,
                            const Places& person_after, const Numbers& specialty_before,
                            const Numbers& specialty_after, const Numbers& groups, std::int32_t count) {
        const Pairing pairing{view(person_before), view(person_after), view(specialty_before),
                              view(specialty_after)};
        const auto of = view(groups);
        const auto found = [&] {
            const py::gil_scoped_release release;  // the assessments are immutable, the arrays held by this call
            return transitions(before, after, pairing, of, count);
        }();
        const auto depth = static_cast<py::ssize_t>(found.levels.size());
        const std::vector<py::ssize_t> shape{count, specialty_before.size(), depth, depth};
        return py::make_tuple(found.levels, py::array_t<std::int64_t>(shape, found.certain.data()),
                              py::array_t<std::int64_t>(shape, found.possible.data()));
    }, "before"_a, "after"_a, py::arg("person_before").noconvert(), py::arg("person_after").noconvert(),
       py::arg("specialty_before").noconvert(), py::arg("specialty_after").noconvert(),
       py::arg("groups").noconvert(), "count"_a);

    m.def("moves", [](const Assessment& before, const Assessment& after, const Places& person_before,
                      const Places& person_after, const Numbers& specialty_before,
                      const Numbers& specialty_after) {
        const Pairing pairing{view(person_before), view(person_after), view(specialty_before),
                              view(specialty_after)};
        Moves found;
        {
            const py::gil_scoped_release release;
            found = moves(before, after, pairing);
        }
        return py::make_tuple(to_array([&] { return std::move(found.pair); }),
                              to_array([&] { return std::move(found.specialty); }));
    }, "before"_a, "after"_a, py::arg("person_before").noconvert(), py::arg("person_after").noconvert(),
       py::arg("specialty_before").noconvert(), py::arg("specialty_after").noconvert());
}

}  // namespace tassei::bindings
