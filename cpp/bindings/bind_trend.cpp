#include "bindings.hpp"
#include "tassei/trend.hpp"

namespace tassei::bindings {
namespace {

template <class Seen, class Stored>
py::array by_specialty(const py::object& self, const std::vector<Stored>& values) {
    static_assert(sizeof(Seen) == sizeof(Stored));
    const auto& kept = self.cast<const Standings&>();
    return lend(reinterpret_cast<const Seen*>(values.data()),
                {static_cast<py::ssize_t>(kept.persons()), static_cast<py::ssize_t>(kept.specialties())}, self);
}

}  // namespace

void bind_trend(py::module_& m) {
    using namespace py::literals;

    py::class_<Standings>(m, "Standings")
        .def(py::init<const Assessment&>(), "assessment"_a,
             py::call_guard<py::gil_scoped_release>())  // copies; the columns of the evidence are not needed
        .def_property_readonly("level", [](const py::object& self) {
            return by_specialty<std::int32_t>(self, self.cast<const Standings&>().level());
        })
        .def_property_readonly("possible_level", [](const py::object& self) {
            return by_specialty<std::int32_t>(self, self.cast<const Standings&>().possible_level());
        })
        .def_property_readonly("level_basis", [](const py::object& self) {
            return by_specialty<std::uint8_t>(self, self.cast<const Standings&>().basis());
        })
        .def("distribution", [](const Standings& kept, const Array<std::int32_t>& groups, std::int32_t count) {
            const auto d = kept.distribution(view(groups), count);
            const std::vector<py::ssize_t> shape{count, static_cast<py::ssize_t>(kept.specialties()),
                                                 static_cast<py::ssize_t>(d.levels.size())};
            return py::make_tuple(d.levels, py::array_t<std::int64_t>(shape, d.certain.data()),
                                  py::array_t<std::int64_t>(shape, d.possible.data()),
                                  py::array_t<std::int64_t>(static_cast<py::ssize_t>(d.people.size()),
                                                            d.people.data()));
        }, py::arg("groups").noconvert(), "count"_a);
}

}  // namespace tassei::bindings
