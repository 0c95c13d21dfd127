#include <new>

#include "bindings.hpp"
#include "tassei/error.hpp"

namespace tassei::bindings {
namespace {

void set(const char* name, const char* what) {
    py::set_error(py::module_::import("tassei.error").attr(name), what);
}

}  // namespace

void bind_error(py::module_&) {
    py::register_exception_translator([](std::exception_ptr p) {
        try {
            if (p) std::rethrow_exception(p);
        } catch (const FrameworkError& e) {
            set("FrameworkError", e.what());
        } catch (const EvidenceError& e) {
            set("EvidenceError", e.what());
        } catch (const AssessError& e) {
            set("AssessError", e.what());
        } catch (const std::bad_alloc&) {
            py::set_error(PyExc_MemoryError,
                          "there is not enough memory for all of these people at once; ask for fewer of them, or "
                          "use tassei.assess_batches");
        }
    });
}

}  // namespace tassei::bindings
