//! How are Procore's lists read page by page, filtered, and completed with their lines?

use std::time::Duration;

use serde_json::value::RawValue;

use super::Procore;
use super::address::Places;
use crate::connector::door::Call as Exchange;
use crate::connector::error::{ConnectorError, ErrorKind};
use crate::connector::raw;
use crate::connector::together::together;
use crate::connector::transport::Response;
use crate::connector::words::{Key, Page, PageToken, ProjectScope, Query, Row, Select, Token};
use crate::schema::{Call, Envelope, Schema};
use crate::value::{Record, Value, decimal};

/// The vendor does not say whether the ends of a filter's range are included, so windows overlap.
const OVERLAP: Duration = Duration::from_secs(60);

/// The end of a range that is to have none: a day ahead covers any difference between clocks.
const AHEAD: Duration = Duration::from_secs(86_400);

/// One page as it came.
struct Raw {
    items: Vec<Box<RawValue>>,
    next: Option<PageToken>,
    total: Option<u64>,
}

impl Procore {
    /// One page of a list, each record completed with the lines that are wanted.
    pub(in crate::connector) async fn read(&self, query: &Query<'_>, page: Option<PageToken>) -> Result<Page, ConnectorError> {
        let wire = self.wire(query.schema)?;
        let list = wire.list.as_ref().ok_or_else(|| self.unsupported(query.schema, "it cannot be listed"))?;
        let given: Record = query.equals.iter().map(|(field, value)| (*field, value.clone())).collect();
        let places = self.places(query.schema, query.project).with(&given);
        let addressed_by = wire.addressed_by();
        let mut raw = self.page(places, list, self.filters(query)?, page).await?;
        // A filter that a list does not know is ignored without a word, so each row is looked at.
        let asked = query.equals.iter().filter(|(field, _)| !addressed_by.contains(field));
        raw.items.retain(|item| asked.clone().all(|(field, value)| holds(item, field, value)));
        let completed =
            together(self.settings.concurrent, raw.items.into_iter().map(|item| self.completed(places, item, query.select))).await;
        let rows = completed.into_iter().map(|body| body.map(|body| Row { body })).collect::<Result<_, _>>()?;
        Ok(Page { rows, next: raw.next, total: raw.total })
    }

    /// One record of a list, without lines of its own.
    pub(in crate::connector) async fn peek(&self, schema: &Schema, project: Option<&ProjectScope>) -> Result<Option<Row>, ConnectorError> {
        let list = self.wire(schema)?.list.as_ref().ok_or_else(|| self.unsupported(schema, "it cannot be listed"))?;
        let one = Call { page_size: list.page_size.map(|_| 1), ..list.clone() };
        let raw = self.page(self.places(schema, project), &one, Vec::new(), None).await?;
        Ok(raw.items.into_iter().next().map(|body| Row { body }))
    }

    /// Records with the lines that no list brings.
    pub(in crate::connector) async fn with_lines(
        &self,
        schema: &Schema,
        project: Option<&ProjectScope>,
        rows: Vec<Row>,
    ) -> Result<Vec<Row>, ConnectorError> {
        let places = self.places(schema, project);
        let completed = rows.into_iter().map(|row| self.completed(places, row.body, Select::All));
        together(self.settings.concurrent, completed).await.into_iter().map(|body| Ok(Row { body: body? })).collect()
    }

    /// One record by id, or by its key fields; `None` when Procore shows none (404: absent, or hidden from us).
    pub(in crate::connector) async fn get(
        &self,
        schema: &Schema,
        project: Option<&ProjectScope>,
        key: Key<'_>,
        select: Select<'_>,
    ) -> Result<Option<Row>, ConnectorError> {
        let wire = self.wire(schema)?;
        match (key, &wire.show) {
            // Without an id the address would be that of the list.
            (Key::Id("") | Key::Of("", _), _) => Ok(None),
            (Key::Id(id), Some(show)) => self.show(self.places(schema, project).of(id), show, select).await,
            (Key::Of(id, record), Some(show)) => self.show(self.places(schema, project).of(id).with(record), show, select).await,
            (Key::Of(id, record), None) => {
                let mut equals: Vec<(&str, Value)> =
                    wire.addressed_by().into_iter().filter_map(|field| Some((field, record.get(field)?.clone()))).collect();
                equals.push((schema.resource.id.as_str(), Value::text(id)));
                self.find(schema, project, &equals, select).await
            }
            (Key::Id(id), None) => self.find(schema, project, &[(schema.resource.id.as_str(), Value::text(id))], select).await,
            (Key::Parts(parts), _) if parts.len() == schema.resource.key.len() => {
                let equals: Vec<_> = schema.resource.key.iter().map(String::as_str).zip(parts.iter().map(Value::text)).collect();
                self.find(schema, project, &equals, select).await
            }
            (Key::Parts(parts), _) => {
                let count = format!("its key has {} parts, not {}", schema.resource.key.len(), parts.len());
                Err(self.unsupported(schema, &count))
            }
        }
    }

    async fn show(&self, places: Places<'_>, show: &Call, select: Select<'_>) -> Result<Option<Row>, ConnectorError> {
        let call = self.get_call(&places.path(&show.path)?, &places.query(&show.query)?);
        let response = match self.call(&call).await {
            Ok(response) => response,
            Err(error) if error.kind == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let body = self.body(&call, &response, "a record")?;
        let body = match show.envelope {
            Envelope::Bare => body,
            Envelope::Data => raw::member(&body, "data")
                .map(ToOwned::to_owned)
                .ok_or_else(|| self.door.nonsense(&call, &response, "a record under `data`"))?,
        };
        if raw::members(&body).is_none() {
            return Err(self.door.nonsense(&call, &response, "a record"));
        }
        Ok(Some(Row { body: self.completed(places, body, select).await? }))
    }

    /// The first record of the list with these values.
    async fn find(
        &self,
        schema: &Schema,
        project: Option<&ProjectScope>,
        equals: &[(&str, Value)],
        select: Select<'_>,
    ) -> Result<Option<Row>, ConnectorError> {
        let query = Query { schema, project, since: None, equals, select };
        let mut page = None;
        loop {
            let found = self.read(&query, page).await?;
            match (found.rows.into_iter().next(), found.next) {
                (Some(row), _) => return Ok(Some(row)),
                (None, None) => return Ok(None),
                (None, next) => page = next,
            }
        }
    }

    /// The record with the lists of lines that come by calls of their own.
    async fn completed(&self, places: Places<'_>, mut body: Box<RawValue>, select: Select<'_>) -> Result<Box<RawValue>, ConnectorError> {
        let wire = self.wire(places.schema)?;
        for (field, call) in wire.lines.iter().filter(|(field, _)| select.wants(field)) {
            let id = raw::plain_member(&body, &places.schema.resource.id)
                .ok_or_else(|| self.unreadable(places.schema, "a record of a list has no id"))?;
            let mut lines = Vec::new();
            let mut page = None;
            loop {
                let more = self.page(places.of(&id), call, Vec::new(), page).await?;
                lines.extend(more.items);
                page = more.next;
                if page.is_none() {
                    break;
                }
            }
            let text = raw::list_text(lines.iter().map(|line| &**line));
            body = raw::with_member(&body, field, &text)
                .ok_or_else(|| self.unreadable(places.schema, "a list holds something that is no record"))?;
        }
        Ok(body)
    }

    /// The query parameters that filter: by change, and by exact values where the list can do so.
    fn filters(&self, query: &Query<'_>) -> Result<Vec<(String, String)>, ConnectorError> {
        let mut filters = Vec::new();
        if let (Some(since), Some(field)) = (query.since, &query.schema.resource.modified) {
            let range = since.checked_sub(OVERLAP).and_then(|from| Ok((from, self.door.clock.now().checked_add(AHEAD)?)));
            let (from, until) = range.map_err(|_| self.unsupported(query.schema, "the time to read from is out of range"))?;
            filters.push((format!("filters[{field}]"), format!("{}...{}", seconds(from), seconds(until))));
        }
        let known = &self.wire(query.schema)?.filters;
        let sent = query.equals.iter().filter(|(field, value)| !value.is_null() && known.iter().any(|name| name == field));
        for (field, value) in sent {
            filters.push((format!("filters[{field}]"), value.plain()));
        }
        Ok(filters)
    }

    /// One page of any list.
    async fn page(
        &self,
        places: Places<'_>,
        list: &Call,
        filters: Vec<(String, String)>,
        page: Option<PageToken>,
    ) -> Result<Raw, ConnectorError> {
        let path = places.path(&list.path)?;
        let size = list.page_size.map(|most| self.settings.page_size.unwrap_or(most).clamp(1, most));
        let number = if let Some(PageToken(Token::Number(number))) = page { number } else { 1 };
        let (call, asked) = if let Some(PageToken(Token::Link(link))) = page {
            let url = format!("{}?{link}", self.url(&path, &[]));
            (Exchange::read(url, format!("GET {path}")), Some(link))
        } else {
            let mut query = places.query(&list.query)?;
            query.extend(filters);
            query.extend(
                size.into_iter().flat_map(|size| [("page".to_owned(), number.to_string()), ("per_page".to_owned(), size.to_string())]),
            );
            (self.get_call(&path, &query), None)
        };
        let response = self.call(&call).await?;
        let body = self.body(&call, &response, "a list")?;
        let listed = match list.envelope {
            Envelope::Bare => raw::items(&body),
            Envelope::Data => raw::member(&body, "data").and_then(raw::items),
        };
        let items = listed.ok_or_else(|| self.door.nonsense(&call, &response, "a list"))?;
        let next = size.and_then(|size| next_page(&response, number, usize::try_from(size).unwrap_or(usize::MAX), items.len()));
        if let (Some(PageToken(Token::Link(next))), Some(asked)) = (&next, &asked)
            && next == asked
        {
            return Err(self.door.nonsense(&call, &response, "another page behind `next`"));
        }
        let total = response.header("total").and_then(|total| total.trim().parse().ok());
        Ok(Raw { items: items.into_iter().map(ToOwned::to_owned).collect(), next, total })
    }

    fn unreadable(&self, schema: &Schema, why: &str) -> ConnectorError {
        self.door.error(ErrorKind::Nonsense, &format!("read {}", schema.name), why)
    }
}

/// Where the next page is: what `Link` says, else by `Total` and `Per-Page`, else until a page is short.
fn next_page(response: &Response, number: u32, size: usize, count: usize) -> Option<PageToken> {
    if let Some(link) = response.header("link") {
        // Only the query is taken over: a token never follows a link to another host.
        let query = link_to(link, "next")?.split_once('?')?.1.split('#').next()?.to_owned();
        return Some(PageToken(Token::Link(query)));
    }
    let header = |name: &str| response.header(name)?.trim().parse::<u64>().ok();
    let more = match header("total") {
        Some(total) => u64::from(number) * header("per-page").unwrap_or(size as u64) < total && count > 0,
        None => count as u64 >= header("per-page").unwrap_or(size as u64),
    };
    more.then(|| PageToken(Token::Number(number + 1)))
}

/// The address that a `Link` header gives for a relation.
fn link_to<'a>(header: &'a str, relation: &str) -> Option<&'a str> {
    header.split('<').skip(1).find_map(|part| {
        let (address, parameters) = part.split_once('>')?;
        let named = parameters
            .split([';', ','])
            .any(|parameter| parameter.trim().strip_prefix("rel=").is_some_and(|rel| rel.trim_matches('"') == relation));
        named.then_some(address)
    })
}

/// Whether a record's field has this value; numbers are compared as numbers, whatever form they have.
pub(super) fn holds(body: &RawValue, field: &str, value: &Value) -> bool {
    let found = field.split('.').try_fold(body, raw::member).and_then(raw::plain);
    match found {
        None => value.is_null() || value.as_text() == Some(""),
        Some(text) => same(&text, &value.plain()),
    }
}

/// Whether two plain texts say the same.
pub(super) fn same(left: &str, right: &str) -> bool {
    left == right || matches!((decimal(left), decimal(right)), (Ok(left), Ok(right)) if left == right)
}

fn seconds(time: jiff::Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use super::{PageToken, Response, Token, holds, next_page};
    use crate::value::Value;

    fn next(headers: &[(&str, &str)], number: u32, count: usize) -> Option<String> {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        next_page(&Response { status: 200, headers, body: Vec::new() }, number, 100, count).map(|PageToken(token)| match token {
            Token::Link(link) => link,
            Token::Number(number) => number.to_string(),
            Token::Windows(_) | Token::Ids(_) => "?".to_owned(),
        })
    }

    /// Not every list has links (BR-83).
    #[test]
    fn the_next_page_is_found_by_link_by_total_and_by_a_full_page() {
        let link = r#"<https://api.procore.com/rest/v1.0/vendors?page=1&per_page=100>; rel="first", <https://api.procore.com/rest/v1.0/vendors?page=3&per_page=100>; rel="next""#;
        assert_eq!(next(&[("link", link), ("total", "1")], 2, 0).unwrap(), "page=3&per_page=100");
        assert_eq!(next(&[("link", r#"<https://x/y?page=1>; rel="first""#)], 9, 100), None);
        assert_eq!(next(&[("total", "250"), ("per-page", "100")], 2, 100).unwrap(), "3");
        assert_eq!(next(&[("total", "250"), ("per-page", "50")], 2, 50).unwrap(), "3");
        assert_eq!(next(&[("total", "200"), ("per-page", "100")], 2, 100), None);
        assert_eq!(next(&[("total", "900"), ("per-page", "100")], 2, 0), None);
        assert_eq!(next(&[], 1, 100).unwrap(), "2");
        assert_eq!(next(&[("per-page", "50")], 1, 50).unwrap(), "2");
        assert_eq!(next(&[], 1, 99), None);
    }

    #[test]
    fn a_row_is_held_against_the_filter_that_procore_may_have_ignored() {
        let row = RawValue::from_string(r#"{"origin_id":"po:1","vendor":{"id":77},"amount":"250.0","none":null}"#.to_owned()).unwrap();
        assert!(holds(&row, "origin_id", &Value::text("po:1")) && !holds(&row, "origin_id", &Value::text("po:2")));
        assert!(holds(&row, "vendor.id", &Value::text("77")) && holds(&row, "amount", &Value::from_json("250").unwrap()));
        assert!(holds(&row, "none", &Value::Null) && holds(&row, "absent", &Value::Null) && !holds(&row, "none", &Value::text("x")));
    }
}
