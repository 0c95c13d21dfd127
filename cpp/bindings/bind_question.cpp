#include "bindings.hpp"
#include "tassei/question.hpp"
#include "watched.hpp"

namespace tassei::bindings {

void bind_question(py::module_& m) {
    using namespace py::literals;

    py::class_<Question> question(m, "Question");
    py::enum_<Question::Kind>(question, "Kind")
        .value("word", Question::Kind::word)
        .value("items", Question::Kind::items)
        .value("number", Question::Kind::number)
        .value("start", Question::Kind::start)
        .value("date", Question::Kind::date)
        .value("verification", Question::Kind::verification)
        .value("table", Question::Kind::table);
    question.def_readonly("kind", &Question::kind)
        .def_readonly("table", &Question::table)
        .def_readonly("row", &Question::row)
        .def_readonly("column", &Question::column)
        .def_readonly("words", &Question::words)
        .def_readonly("has", &Question::has)
        .def_readonly("has_not", &Question::has_not)
        .def_readonly("low", &Question::low)
        .def_readonly("high", &Question::high)
        .def_readonly("low_open", &Question::low_open)
        .def_readonly("high_open", &Question::high_open)
        .def_readonly("first", &Question::first)
        .def_readonly("last", &Question::last)
        .def_readonly("full", &Question::full);
    py::class_<Certificate>(m, "Certificate")
        .def_readonly("found", &Certificate::found)
        .def_readonly("exact", &Certificate::exact)
        .def_readonly("questions", &Certificate::questions);
    py::class_<Questions>(m, "Questions")
        .def_readonly("status", &Questions::status)
        .def_readonly("met", &Questions::met)
        .def_readonly("unmet", &Questions::unmet);

    m.def("questions", [](const Assessment& assessment, std::int64_t person, int sheet, std::int64_t effort) {
        return Watched()("questions", [&] { return questions(assessment, person, sheet, effort); });
    }, "assessment"_a, "person"_a, "sheet"_a, "effort"_a = 100'000);
}

}  // namespace tassei::bindings
