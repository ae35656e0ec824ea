//! How are Acumatica's lists read, which have no order, no count and no next page, and single records by key?

use super::Acumatica;
use super::address::key_path;
use super::select::read_parameters;
use crate::connector::error::{ConnectorError, ErrorKind};
use crate::connector::raw;
use crate::connector::together::together;
use crate::connector::words::{Key, Named, Page, PageToken, ProjectScope, Query, Row, Select, Token};
use crate::schema::Schema;
use crate::value::Value;

/// Records that are read one by one for a page.
const ONE_BY_ONE: usize = 50;

impl Acumatica {
    /// One page: the whole of a short list, a window of a long one. A list that cannot be exported in one go is read by its keys.
    pub(in crate::connector) async fn read(&self, query: &Query<'_>, page: Option<PageToken>) -> Result<Page, ConnectorError> {
        let wire = self.wire(query.schema)?;
        let form = self.form(wire);
        let _free = form.read().await;
        match page {
            Some(PageToken(Token::Ids(ids))) => self.one_by_one(query, ids).await,
            None if wire.by_key_only => self.by_keys(query).await,
            Some(PageToken(Token::Windows(windows))) => self.next_window(query, *windows).await,
            Some(PageToken(Token::Link(_) | Token::Number(_))) => {
                Err(self.unsupported(query.schema, "the page token belongs to another system"))
            }
            None => match self.first_page(query).await {
                // "Optimization cannot be performed": some field has code behind it.
                Err(error) if error.kind == ErrorKind::NotSupported && error.get("exception").is_some() => self.by_keys(query).await,
                other => other,
            },
        }
    }

    /// One record by its id or key; `None` when there is none (500 `NoEntitySatisfiesTheCondition…`).
    pub(in crate::connector) async fn get(
        &self,
        schema: &Schema,
        project: Option<&ProjectScope>,
        key: Key<'_>,
        select: Select<'_>,
    ) -> Result<Option<Row>, ConnectorError> {
        let form = self.form(self.wire(schema)?);
        let _free = form.read().await;
        let below = match key {
            Key::Id(id) | Key::Of(id, _) => key_path(&[id.to_owned()]),
            Key::Parts(parts) if parts.len() == schema.resource.key.len() => key_path(parts),
            Key::Parts(parts) => {
                let count = format!("its key has {} parts, not {}", schema.resource.key.len(), parts.len());
                return Err(self.unsupported(schema, &count));
            }
        };
        match (below, key) {
            (Some(below), _) => self.one(schema, &below, select).await,
            // A key with a slash in it cannot be addressed, but it can be filtered for.
            (None, Key::Parts(parts)) => {
                let equals: Vec<_> = schema.resource.key.iter().map(String::as_str).zip(parts.iter().map(Value::text)).collect();
                let query = Query { schema, project, since: None, equals: &equals, select };
                Ok(self.first_page(&query).await?.rows.into_iter().next())
            }
            (None, Key::Id(_) | Key::Of(..)) => Ok(None),
        }
    }

    /// Records by their keys, several to a list. What a list cannot bring is left to be read one by one.
    pub(in crate::connector) async fn these(
        &self,
        schema: &Schema,
        project: Option<&ProjectScope>,
        named: &[Named],
    ) -> Result<Vec<Row>, ConnectorError> {
        let wire = self.wire(schema)?;
        if wire.by_key_only {
            return Ok(Vec::new());
        }
        let form = self.form(wire);
        let _free = form.read().await;
        let query = Query { schema, project, since: None, equals: &[], select: Select::All };
        let mut rows = Vec::new();
        for filter in self.key_filters(&query, named)? {
            let mut pairs = vec![("$filter".to_owned(), filter)];
            pairs.extend(read_parameters(schema, wire, Select::All));
            match self.rows_of(&query, &pairs).await {
                Ok(more) => rows.extend(more),
                // "Optimization cannot be performed": some field has code behind it.
                Err(error) if error.kind == ErrorKind::NotSupported && error.get("exception").is_some() => return Ok(rows),
                Err(error) => return Err(error),
            }
        }
        Ok(rows)
    }

    pub(super) async fn rows_of(&self, query: &Query<'_>, pairs: &[(String, String)]) -> Result<Vec<Row>, ConnectorError> {
        let call = self.get_call(query.schema, "", pairs);
        let response = self.call(&call).await?;
        let body = self.body(&call, &response, "a list")?;
        let rows = raw::items(&body).ok_or_else(|| self.door.nonsense(&call, &response, "a list"))?;
        Ok(rows.into_iter().map(|row| Row { body: row.to_owned() }).collect())
    }

    async fn one(&self, schema: &Schema, below: &str, select: Select<'_>) -> Result<Option<Row>, ConnectorError> {
        let call = self.get_call(schema, below, &read_parameters(schema, self.wire(schema)?, select));
        match self.call(&call).await {
            Ok(response) => {
                let body = self.body(&call, &response, "a record")?;
                if raw::plain_member(&body, &schema.resource.id).is_none() {
                    return Err(self.door.nonsense(&call, &response, "a record with its id"));
                }
                Ok(Some(Row { body }))
            }
            // A plain 404 is an entity or endpoint that does not exist, which is no answer about the record.
            Err(error) if error.kind == ErrorKind::NotFound && error.get("exception").is_some() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The keys of all records first, then each record by itself.
    async fn by_keys(&self, query: &Query<'_>) -> Result<Page, ConnectorError> {
        let ids = self.ids(query).await?;
        self.one_by_one(query, ids).await
    }

    pub(super) async fn one_by_one(&self, query: &Query<'_>, mut ids: Vec<String>) -> Result<Page, ConnectorError> {
        let later = ids.split_off(ids.len().min(ONE_BY_ONE));
        let reads = ids.iter().map(|id| async move {
            let below = format!("/{}", crate::connector::percent::encode(id));
            self.one(query.schema, &below, query.select).await
        });
        // One that is gone by now is left out.
        let rows = together(self.settings.concurrent, reads).await.into_iter().filter_map(Result::transpose).collect::<Result<_, _>>()?;
        Ok(Page { rows, next: (!later.is_empty()).then(|| PageToken(Token::Ids(later))), total: None })
    }
}
