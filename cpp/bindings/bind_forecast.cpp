#include "bindings.hpp"
#include "tassei/forecast.hpp"
#include "watched.hpp"

namespace tassei::bindings {
namespace {

template <auto Member>
py::array column(const py::object& self) {
    const auto& values = self.cast<const Forecast&>().*Member;
    return lend(values.data(), {static_cast<py::ssize_t>(values.size())}, self);
}

}  // namespace

void bind_forecast(py::module_& m) {
    using namespace py::literals;

    m.attr("NO_DAY") = no_day;
    m.attr("LAST_DAY") = last_day;
    py::class_<Forecast, std::shared_ptr<Forecast>>(m, "Forecast")
        .def_property_readonly("sheet", column<&Forecast::sheet>)
        .def_property_readonly("date", column<&Forecast::date>)
        .def_property_readonly("possible_date", column<&Forecast::possible_date>);
    m.def("forecast", [](const Assessment& assessment, const Array<std::int64_t>& persons,
                         std::optional<int> level, Day until) {
        return watched("forecast", persons.size(), [&, places = view(persons)] {
            return std::make_shared<Forecast>(forecast(assessment, places, level, until));
        });
    }, "assessment"_a, py::arg("persons").noconvert(), "level"_a = py::none(), "until"_a = last_day);
}

}  // namespace tassei::bindings
