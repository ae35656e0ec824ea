//! How do both systems behave on the wire? Procore's lists: filters that combine, order, views, pages.

use jiff::Timestamp;

use super::call::{Call, Filter};
use super::paging::Page;
use super::rules::{Rules, Shown};
use super::state::State;
use super::store::Row;
use crate::connector::Response;
use crate::sandbox::wire::json_answer;
use crate::value::{Record, Value, instant_of};

impl State {
    /// Answers a list of these rows: filtered, sorted, one page of it, as the view shows them.
    pub(crate) fn list<'a>(&'a self, rules: &Rules, call: &Call, rows: impl Iterator<Item = &'a Row>) -> Response {
        let filters: Vec<Filter> = call.filters().into_iter().filter(|filter| rules.filters.contains(&filter.name.as_str())).collect();
        let deleted = filters.iter().find(|filter| filter.name == "include_deleted").and_then(|filter| filter.values.first());
        let wanted = |row: &&Row| match deleted.map(String::as_str) {
            Some("only") => row.deleted_at.is_some(),
            Some("with") => true,
            _ => row.deleted_at.is_none(),
        };
        let mut rows: Vec<&Row> = rows.filter(wanted).filter(|row| filters.iter().all(|filter| filter.lets_through(row))).collect();
        sort(rules, call, &mut rows);
        let page = if rules.page == 0 { Page::whole(rows.len()) } else { Page::of(call, rows.len(), rules.page) };
        let shown = rows[page.from..page.to].iter().map(|row| self.viewed(rules, call, self.show(rules, row, Shown::Listed)).into());
        let shown = shown.collect();
        if rules.in_data { json_answer(200, &in_data(Value::List(shown))) } else { paged(call, page.headers, shown) }
    }

    /// A record as the view that the call names shows it.
    pub(crate) fn viewed(&self, rules: &Rules, call: &Call, mut record: Record) -> Record {
        let view = call.target.query("view").or_else(|| call.target.query("serializer_view"));
        if let Some((_, fields)) = rules.on_request.filter(|(wanted, _)| view != Some(*wanted)) {
            fields.iter().for_each(|name| drop(record.remove(name)));
        }
        match view.and_then(|view| rules.views.iter().find(|(name, _)| *name == view)) {
            Some((_, kept)) => record.iter().filter(|(name, _)| kept.contains(name)).map(|(name, value)| (name, value.clone())).collect(),
            None => record,
        }
    }
}

/// `{"data": …}`.
pub(crate) fn in_data(value: Value) -> Value {
    Record::from_iter([("data", value)]).into()
}

/// Answers a page of values that are made rather than kept.
pub(crate) fn list_of(call: &Call, values: &[Record], usual: usize) -> Response {
    let page = Page::of(call, values.len(), usual);
    let shown = values[page.from..page.to].iter().cloned().map(Value::from).collect();
    paged(call, page.headers, shown)
}

fn paged(call: &Call, headers: Vec<(String, String)>, shown: Vec<Value>) -> Response {
    let list = Value::List(shown);
    let mut answer = json_answer(200, &if call.is_v2() { in_data(list) } else { list });
    answer.headers.extend(headers);
    answer
}

fn sort(rules: &Rules, call: &Call, rows: &mut [&Row]) {
    let Some(sort) = call.target.query("sort") else { return };
    let (name, falling) = sort.strip_prefix('-').map_or((sort, false), |name| (name, true));
    match name {
        _ if !rules.sorts.contains(&name) => return,
        "created_at" => rows.sort_by_key(|row| row.created_at),
        "updated_at" => rows.sort_by_key(|row| row.updated_at),
        "id" => {}
        name => rows.sort_by_cached_key(|row| row.value(name).plain().to_lowercase()),
    }
    if falling {
        rows.reverse();
    }
}

impl Filter {
    fn lets_through(&self, row: &Row) -> bool {
        let first = self.values.first().map(String::as_str).unwrap_or_default();
        match self.name.as_str() {
            "include_deleted" => true,
            "id" => self.ids().contains(&row.id),
            "created_at" => between(first, row.created_at),
            "updated_at" => between(first, row.updated_at),
            "synced" => row.origin_id().is_some() == (first == "true"),
            "by_status" => match first {
                "Active" => row.value("active") == Value::Bool(true),
                "Inactive" => row.value("active") == Value::Bool(false),
                _ => true,
            },
            "search" | "name" => row.value("name").plain().to_lowercase().contains(&first.to_lowercase()),
            "direct_cost_id" => self.ids().contains(&row.parent.unwrap_or_default()),
            name if name.ends_with("_date") => day_within(first, &row.value(name).plain()),
            name => self.values.contains(&row.value(name).plain()),
        }
    }

    /// Ids, one a value or several in one with commas or brackets.
    fn ids(&self) -> Vec<i64> {
        let digits = |text: &str| text.trim().parse().ok();
        self.values.iter().flat_map(|text| text.trim_matches(['[', ']']).split(',')).filter_map(digits).collect()
    }
}

/// The two ends of `a...b`, which may stand in double quotes.
fn ends(range: &str) -> Option<(&str, &str)> {
    range.trim().trim_matches('"').split_once("...").map(|(from, to)| (from.trim_matches('"'), to.trim_matches('"')))
}

/// Whether a moment lies in `a...b`. Whether the vendor counts the ends is not known: here the first counts and the last
/// does not, which is the worst for a client that does not overlap its windows. A range that does not parse filters nothing.
fn between(range: &str, at: Timestamp) -> bool {
    let Some((from, to)) = ends(range) else { return true };
    instant_of(from).is_none_or(|from| at >= from) && instant_of(to).is_none_or(|to| at < to)
}

fn day_within(range: &str, day: &str) -> bool {
    let date = |text: &str| text.get(..10).map(str::to_owned).unwrap_or_default();
    match ends(range) {
        Some((from, to)) => !day.is_empty() && day >= date(from).as_str() && day <= date(to).as_str(),
        None => day == date(range),
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{between, day_within};

    #[test]
    fn a_range_counts_its_first_end_only() {
        let at: Timestamp = "2026-02-01T00:00:00Z".parse().unwrap();
        assert!(between("2026-02-01T00:00:00Z...2026-02-02T00:00:00Z", at));
        assert!(between("\"2026-02-01T00:00:00Z...2026-02-02T00:00:00Z\"", at));
        assert!(!between("2026-01-01T00:00:00Z...2026-02-01T00:00:00Z", at));
        assert!(between("2026-02-01T00:00:00Z...", at));
        assert!(between("last week", at));
        assert!(day_within("2026-02-01...2026-02-28", "2026-02-28"));
        assert!(!day_within("2026-02-01", "2026-02-02"));
    }
}
