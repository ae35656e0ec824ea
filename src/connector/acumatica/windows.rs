//! How is a list read that is too long for one answer, when no order is promised and rows may change meanwhile?
//!
//! A list that fits in one answer takes one request. For a longer one its keys are read, which are small; windows of the time
//! of change are cut from them, so that each holds about a page of records; and what was in no window in the end, because it
//! changed meanwhile, is read by itself. So every record comes once, whatever order the server has.

use std::collections::{BTreeMap, HashSet, VecDeque};

use super::Acumatica;
use super::select::{modified_parameters, read_parameters};
use crate::connector::error::ConnectorError;
use crate::connector::raw;
use crate::connector::words::{Page, PageToken, Query, Row, Token};

/// Records of one answer, where the settings do not say otherwise.
const PAGE: usize = 1_000;
/// The same where each record comes with lists of its own, of whatever length: a page is in memory as a whole.
const PAGE_WITH_LISTS: usize = 500;

/// What is left to read of a long list.
#[derive(Clone, Debug, Default)]
pub(in crate::connector) struct Windows {
    waiting: VecDeque<Window>,
    /// Records that came.
    met: HashSet<String>,
    /// Records that are there and did not come yet.
    unmet: HashSet<String>,
}

/// A part of a long list.
#[derive(Clone, Debug, Default)]
struct Window {
    /// What its records have in common, beside the filter of the whole list.
    filter: Option<String>,
    /// Where to go on, for a part that cannot be cut any further.
    skip: Option<usize>,
}

impl Acumatica {
    /// The first page of a list: the whole of it, if it is short.
    pub(super) async fn first_page(&self, query: &Query<'_>) -> Result<Page, ConnectorError> {
        let parameters = read_parameters(query.schema, self.wire(query.schema)?, query.select);
        let size = self.page_size(&parameters);
        let rows = self.part(query, parameters, (None, Some(size), None)).await?;
        if rows.len() < size {
            let rows = fresh(query, rows, &mut Windows::default());
            let total = u64::try_from(rows.len()).ok();
            return Ok(Page { rows, next: None, total });
        }
        let mut windows = self.windows(query, size).await?;
        let rows = fresh(query, rows, &mut windows);
        let total = windows.total();
        Ok(Page { rows, next: Some(PageToken(Token::Windows(Box::new(windows)))), total })
    }

    /// The next window of a long list; in the end, what came in none of them.
    pub(super) async fn next_window(&self, query: &Query<'_>, mut windows: Windows) -> Result<Page, ConnectorError> {
        let Some(window) = windows.waiting.pop_front() else {
            let mut left: Vec<String> = windows.unmet.into_iter().collect();
            left.sort_unstable();
            return self.one_by_one(query, left).await;
        };
        let parameters = read_parameters(query.schema, self.wire(query.schema)?, query.select);
        let size = self.page_size(&parameters);
        let top = window.skip.map(|_| size);
        let rows = self.part(query, parameters, (window.filter.as_deref(), top, window.skip)).await?;
        if let Some(skip) = window.skip.filter(|_| rows.len() >= size) {
            windows.waiting.push_front(Window { skip: Some(skip + size), ..window });
        }
        let rows = fresh(query, rows, &mut windows);
        let (done, total) = (windows.waiting.is_empty() && windows.unmet.is_empty(), windows.total());
        Ok(Page { rows, next: (!done).then(|| PageToken(Token::Windows(Box::new(windows)))), total })
    }

    /// The ids of all records.
    pub(super) async fn ids(&self, query: &Query<'_>) -> Result<Vec<String>, ConnectorError> {
        let rows = self.part(query, modified_parameters(query.schema), (None, None, None)).await?;
        let mut met = HashSet::new();
        Ok(rows.iter().filter_map(|row| row.id(query.schema)).filter(|id| met.insert(id.clone())).collect())
    }

    /// Windows over the whole list, each of about a page.
    async fn windows(&self, query: &Query<'_>, size: usize) -> Result<Windows, ConnectorError> {
        let rows = self.part(query, modified_parameters(query.schema), (None, None, None)).await?;
        let mut stamps: BTreeMap<String, usize> = BTreeMap::new();
        let mut windows = Windows::default();
        let modified = query.schema.resource.modified.as_ref().map(|field| query.schema.shape.wire_path(field));
        for row in &rows {
            windows.unmet.extend(row.id(query.schema));
            let stamp = modified.as_ref().and_then(|field| raw::member(&row.body, field));
            let stamp = stamp.and_then(|wrapper| raw::plain_member(wrapper, "value")).and_then(|text| sortable(&text));
            *stamps.entry(stamp.unwrap_or_default()).or_default() += 1;
        }
        windows.waiting = match &modified {
            Some(field) if !stamps.contains_key("") => cut(field, &stamps, size),
            // Nothing to cut by: the first page is behind us, and the rest follows it as the server has it.
            _ => [Window { filter: None, skip: Some(size) }].into(),
        };
        Ok(windows)
    }

    async fn part(
        &self,
        query: &Query<'_>,
        parameters: Vec<(String, String)>,
        (window, top, skip): (Option<&str>, Option<usize>, Option<usize>),
    ) -> Result<Vec<Row>, ConnectorError> {
        let filter = match (self.filter(query)?, window) {
            (Some(filter), Some(window)) => Some(format!("{filter} and {window}")),
            (filter, window) => filter.or_else(|| window.map(str::to_owned)),
        };
        let mut pairs: Vec<_> = filter.map(|filter| ("$filter".to_owned(), filter)).into_iter().collect();
        pairs.extend(parameters);
        pairs.extend(top.map(|top| ("$top".to_owned(), top.to_string())));
        pairs.extend(skip.map(|skip| ("$skip".to_owned(), skip.to_string())));
        self.rows_of(query, &pairs).await
    }

    fn page_size(&self, parameters: &[(String, String)]) -> usize {
        let usual = if parameters.iter().any(|(name, _)| name == "$expand") { PAGE_WITH_LISTS } else { PAGE };
        self.settings.page_size.and_then(|size| usize::try_from(size.max(1)).ok()).unwrap_or(usual)
    }
}

impl Windows {
    /// How many records there are, as far as is known.
    fn total(&self) -> Option<u64> {
        u64::try_from(self.met.len() + self.unmet.len()).ok()
    }
}

/// The rows that did not come before.
fn fresh(query: &Query<'_>, rows: Vec<Row>, windows: &mut Windows) -> Vec<Row> {
    let Windows { met, unmet, .. } = windows;
    let is_new = |row: &Row| {
        let Some(id) = row.id(query.schema) else { return true };
        unmet.remove(&id);
        met.insert(id)
    };
    rows.into_iter().filter(is_new).collect()
}

/// Windows that begin where another moment begins, so that none cuts records of one moment apart; and a window of one moment that
/// is too long is read in steps.
fn cut(field: &str, stamps: &BTreeMap<String, usize>, size: usize) -> VecDeque<Window> {
    let mut begins: Vec<(Option<&str>, usize)> = vec![(None, 0)];
    for (stamp, count) in stamps {
        match begins.last_mut() {
            Some((_, held)) if *held == 0 || *held + count <= size => *held += count,
            _ => begins.push((Some(stamp), *count)),
        }
    }
    let ends = begins.iter().skip(1).map(|(begin, _)| *begin).chain([None]);
    let window = |((begin, count), end): (&(Option<&str>, usize), Option<&str>)| {
        let from = begin.map(|stamp| format!("{field} ge datetimeoffset'{stamp}'"));
        let until = end.map(|stamp| format!("{field} lt datetimeoffset'{stamp}'"));
        let terms: Vec<String> = from.into_iter().chain(until).collect();
        Window { filter: (!terms.is_empty()).then(|| terms.join(" and ")), skip: (*count > 2 * size).then_some(0) }
    };
    begins.iter().zip(ends).map(window).collect()
}

/// A moment in a form that sorts as text.
fn sortable(text: &str) -> Option<String> {
    let at = crate::value::instant_of(text)?;
    Some(at.strftime("%Y-%m-%dT%H:%M:%S.%6f+00:00").to_string())
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn windows_hold_a_page_each_leave_no_gap_and_part_no_moment() {
        let stamps = [("a", 2), ("b", 2), ("c", 1), ("d", 9)].map(|(stamp, count)| (stamp.to_owned(), count)).into();
        let windows = cut("T", &stamps, 4);
        let told: Vec<(String, bool)> =
            windows.into_iter().map(|window| (window.filter.unwrap_or_default(), window.skip.is_some())).collect();
        let at = |stamp: &str| format!("datetimeoffset'{stamp}'");
        let expected = [
            (format!("T lt {}", at("c")), false),
            (format!("T ge {} and T lt {}", at("c"), at("d")), false),
            (format!("T ge {}", at("d")), true),
        ];
        assert_eq!(told, expected);
    }
}
