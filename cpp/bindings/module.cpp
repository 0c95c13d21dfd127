#include "bindings.hpp"

// Everything that Python can reach is immutable once made, so that the module needs no lock of its own.
PYBIND11_MODULE(_core, m, pybind11::mod_gil_not_used(), pybind11::multiple_interpreters::not_supported()) {
    m.doc() = "The core of tassei: what the Python layer is made on.";
    tassei::bindings::bind_error(m);
    tassei::bindings::bind_criterion(m);
    tassei::bindings::bind_framework(m);
    tassei::bindings::bind_column(m);
    tassei::bindings::bind_evidence(m);
    tassei::bindings::bind_assess(m);
    tassei::bindings::bind_explain(m);
    tassei::bindings::bind_compare(m);
    tassei::bindings::bind_coverage(m);
    tassei::bindings::bind_digest(m);
    tassei::bindings::bind_outline(m);
    tassei::bindings::bind_trend(m);
    tassei::bindings::bind_ledger(m);
    tassei::bindings::bind_forecast(m);
    tassei::bindings::bind_question(m);
    tassei::bindings::bind_unknown(m);
    tassei::bindings::bind_gap(m);
    tassei::bindings::bind_restore(m);
    tassei::bindings::bind_suppress(m);
    m.attr("__version__") = TASSEI_VERSION;
}
