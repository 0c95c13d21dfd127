#include "tassei/plan.hpp"

#include <algorithm>
#include <numeric>

#include "tassei/error.hpp"

namespace tassei {
namespace {

class Compiler {
public:
    explicit Compiler(Framework framework) {
        plan_.framework = std::move(framework);
        check(plan_.framework);
    }

    Plan compile() {
        LaneCompiler lanes(plan_.framework);
        lanes_ = &lanes;
        // lanes whose days are counted come first, so that eight neighbours are counted at once
        for (const auto& sheet : plan_.framework.sheets)
            for (const auto& item : sheet.criteria) named(sheet, item, [&] { lanes_of_days(item.criterion); });
        for (const auto& deeming : plan_.framework.deemings) lanes_of_days(deeming.when);
        for (const auto& sheet : plan_.framework.sheets) {
            PlanSheet compiled;
            compiled.specialty = sheet.specialty;
            compiled.level = sheet.level;
            compiled.first_criterion = static_cast<int>(plan_.criteria.size());
            compiled.criteria = static_cast<int>(sheet.criteria.size());
            for (const auto& item : sheet.criteria) {
                int at = 0;
                named(sheet, item, [&] { at = node(item.criterion); });
                plan_.criteria.push_back({at, plan_.nodes[static_cast<std::size_t>(at)].required});
                plan_.weights.push_back(item.weight);
            }
            plan_.sheets.push_back(std::move(compiled));
        }
        for (const auto& deeming : plan_.framework.deemings) {
            const int at = node(deeming.when);
            for (const int sheet : deeming.sheets)
                plan_.sheets[static_cast<std::size_t>(sheet)].deemed_by.push_back(at);
        }
        plan_.banks = lanes.banks();
        mark_lanes();
        plan_.order = evaluation_order(plan_.framework);
        plan_.ladder.resize(plan_.framework.specialties.size());
        for (int s = 0; s < static_cast<int>(plan_.sheets.size()); ++s)
            plan_.ladder[static_cast<std::size_t>(plan_.sheets[static_cast<std::size_t>(s)].specialty)]
                .push_back(s);
        for (auto& sheets : plan_.ladder)
            std::ranges::sort(sheets, {}, [&](int s) {
                return plan_.sheets[static_cast<std::size_t>(s)].level;
            });
        return std::move(plan_);
    }

private:
    /// Says of what cannot be compiled where it stands.
    template <class Act>
    void named(const Sheet& sheet, const SheetCriterion& item, const Act& act) const {
        try {
            act();
        } catch (const FrameworkError& error) {
            const auto& specialty = plan_.framework.specialties[static_cast<std::size_t>(sheet.specialty)].id;
            throw FrameworkError(specialty + ' ' + std::to_string(sheet.level) + ", " + item.id + ": " + error.what());
        }
    }

    void lanes_of_days(const Criterion& criterion) {
        const auto parts = [this](const auto& of) {
            for (const auto& part : of) lanes_of_days(part);
        };
        if (const auto* days = std::get_if<Duration>(&criterion.form)) lanes_->lane(days->where, days->table);
        else if (const auto* some = std::get_if<AtLeastCriteria>(&criterion.form)) parts(some->of);
        else if (const auto* none = std::get_if<NotCriterion>(&criterion.form)) parts(none->of);
    }

    int add(PlanNode node) {
        plan_.nodes.push_back(node);
        return static_cast<int>(plan_.nodes.size()) - 1;
    }

    int with_children(PlanNode node, const std::vector<int>& children) {
        node.first_child = static_cast<int>(plan_.children.size());
        node.children = static_cast<int>(children.size());
        plan_.children.insert(plan_.children.end(), children.begin(), children.end());
        return add(node);
    }

    int aggregate(AggregateKind kind, int table, const Condition& where, double most, int column = -1) {
        const auto place = lanes_->lane(where, table);
        const Aggregate wanted{kind, table, place.bank, place.lane, column, most};
        const auto at = std::ranges::find(plan_.aggregates, wanted);
        if (at != plan_.aggregates.end()) return static_cast<int>(at - plan_.aggregates.begin());
        plan_.aggregates.push_back(wanted);
        return static_cast<int>(plan_.aggregates.size()) - 1;
    }

    static PlanNode leaf(int aggregate, double required) {
        PlanNode node;
        node.kind = PlanNode::Kind::aggregate;
        node.index = aggregate;
        node.required = required;
        return node;
    }

    int node(const Criterion& criterion) {
        return std::visit([this](const auto& form) { return compile_form(form); }, criterion.form);
    }

    int compile_form(const Constant& f) {
        PlanNode node;
        node.kind = f.value ? PlanNode::Kind::always : PlanNode::Kind::never;
        return add(node);
    }

    int compile_form(const Some& f) {
        return add(leaf(aggregate(AggregateKind::some, f.table, f.where, 1), 1));
    }

    int compile_form(const Duration& f) {
        const auto kind = f.united ? AggregateKind::united_days : AggregateKind::summed_days;
        return add(leaf(aggregate(kind, f.table, f.where, infinity), f.required));
    }

    int compile_form(const Longest& f) {
        return add(leaf(aggregate(AggregateKind::longest_days, f.table, f.where, infinity), f.required));
    }

    int compile_form(const Count& f) {
        std::vector<int> parts;
        for (const auto& nested : f.of_which) {
            // "of which": the nested condition and the outer one, of the same row
            Condition both;
            both.form = AtLeast{2, {f.where, nested.where}};
            parts.push_back(add(
                leaf(aggregate(AggregateKind::count, f.table, both, infinity), nested.required)));
        }
        return with_children(
            leaf(aggregate(AggregateKind::count, f.table, f.where, infinity), f.required), parts);
    }

    int compile_form(const Distinct& f) {
        const auto& table = plan_.framework.tables[static_cast<std::size_t>(f.table)];
        const double kinds = table.columns[static_cast<std::size_t>(f.column)].words;
        return add(leaf(aggregate(AggregateKind::kinds, f.table, f.where, kinds, f.column), f.required));
    }

    int compile_form(const OtherSheet& f) {
        PlanNode node;
        node.kind = PlanNode::Kind::other_sheet;
        node.index = f.sheet;
        return add(node);
    }

    int compile_form(const AtLeastCriteria& f) {
        PlanNode node;
        node.kind = PlanNode::Kind::at_least;
        node.need = f.need;
        std::vector<int> parts;
        for (const auto& part : f.of) parts.push_back(this->node(part));
        return with_children(node, parts);
    }

    int compile_form(const NotCriterion& f) {
        PlanNode node;
        node.kind = PlanNode::Kind::negate;
        return with_children(node, {this->node(f.of.front())});
    }

    void mark_lanes() {
        for (const auto& a : plan_.aggregates) {
            auto& bank = plan_.banks[static_cast<std::size_t>(a.bank)];
            const Word lane = Word{1} << a.lane;
            switch (a.kind) {
                case AggregateKind::some: bank.some |= lane; break;
                case AggregateKind::united_days: bank.united |= lane; break;
                case AggregateKind::summed_days: bank.summed |= lane; break;
                case AggregateKind::longest_days: bank.longest |= lane; break;
                case AggregateKind::count: bank.counted |= lane; break;
                case AggregateKind::kinds: bank.kinds |= lane; break;
            }
        }
    }

    Plan plan_;
    LaneCompiler* lanes_ = nullptr;
};

}  // namespace

Plan compile(Framework framework) { return Compiler(std::move(framework)).compile(); }

}  // namespace tassei
