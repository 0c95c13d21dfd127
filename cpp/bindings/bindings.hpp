#pragma once

// The only header that includes pybind11: different casters in different files break the
// one-definition rule.
#include <pybind11/eigen.h>
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <memory>
#include <span>

namespace tassei::bindings {

namespace py = pybind11;

void bind_error(py::module_& m);
void bind_criterion(py::module_& m);
void bind_framework(py::module_& m);
void bind_column(py::module_& m);
void bind_evidence(py::module_& m);
void bind_assess(py::module_& m);
void bind_explain(py::module_& m);
void bind_compare(py::module_& m);
void bind_coverage(py::module_& m);
void bind_digest(py::module_& m);
void bind_outline(py::module_& m);
void bind_trend(py::module_& m);
void bind_ledger(py::module_& m);
void bind_forecast(py::module_& m);
void bind_question(py::module_& m);
void bind_unknown(py::module_& m);
void bind_gap(py::module_& m);
void bind_restore(py::module_& m);
void bind_suppress(py::module_& m);

/// A one-dimensional array as it is: another dtype or stride is an error, never a silent copy.
template <class T>
using Array = py::array_t<T, py::array::c_style>;

template <class T>
[[nodiscard]] std::span<const T> view(const Array<T>& array) {
    return {array.data(), static_cast<std::size_t>(array.size())};
}

/// An array of its own from what `make` gives, which is found without the GIL.
template <class Make>
[[nodiscard]] py::array to_array(const Make& make) {
    using Vector = decltype(make());
    auto* own = new Vector;
    const py::capsule owner(own, [](void* made) { delete static_cast<Vector*>(made); });
    {
        const py::gil_scoped_release release;
        *own = make();
    }
    return py::array_t<typename Vector::value_type>(static_cast<py::ssize_t>(own->size()), own->data(), owner);
}

/// A read-only array over memory that `owner` keeps alive.
template <class T>
[[nodiscard]] py::array lend(const T* data, std::vector<py::ssize_t> shape, py::handle owner) {
    py::array_t<T> array(std::move(shape), data, owner);
    array.attr("flags").attr("writeable") = false;
    return array;
}

/// A new object that keeps `owner`, which it sees memory of. (py::keep_alive<0, n> looks at the result even
/// where an argument does not fit and there is none.)
template <class T, class Owner>
[[nodiscard]] py::object tied(std::shared_ptr<T> made, const std::shared_ptr<Owner>& owner) {
    const py::object object = py::cast(std::move(made));
    py::detail::keep_alive_impl(object, py::cast(owner));
    return object;
}

}  // namespace tassei::bindings
