#pragma once

#include <stdexcept>
#include <string>

namespace tassei {

/// A framework says something that cannot be compiled.
struct FrameworkError : std::invalid_argument {
    using std::invalid_argument::invalid_argument;
};

/// Columns do not fit the framework or each other.
struct EvidenceError : std::invalid_argument {
    using std::invalid_argument::invalid_argument;
};

/// An assessment was asked for something that does not exist.
struct AssessError : std::invalid_argument {
    using std::invalid_argument::invalid_argument;
};

}  // namespace tassei
