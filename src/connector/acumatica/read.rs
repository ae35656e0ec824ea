//! How are Acumatica's lists read, which have no order, no count and no next page, and single records by key?

use std::collections::HashSet;

use super::Acumatica;
use super::address::key_path;
use super::select::{key_parameters, read_parameters};
use crate::connector::error::{ConnectorError, ErrorKind};
use crate::connector::raw;
use crate::connector::together::together;
use crate::connector::words::{Key, Page, PageToken, ProjectScope, Query, Row, Select, Token};
use crate::schema::Schema;
use crate::value::Value;

/// Records that are read one by one for a page.
const ONE_BY_ONE: usize = 50;

impl Acumatica {
    /// One page: the whole list unless a page size is set; repeated rows of overlapping windows are dropped. A list
    /// that cannot be exported in one go is read by its keys.
    pub(in crate::connector) async fn read(&self, query: &Query<'_>, page: Option<PageToken>) -> Result<Page, ConnectorError> {
        let wire = self.wire(query.schema)?;
        let form = self.form(wire);
        let _free = form.read().await;
        match page {
            Some(PageToken(Token::Ids(ids))) => self.one_by_one(query, ids).await,
            None if wire.by_key_only => self.by_keys(query).await,
            Some(PageToken(Token::Skip(skip, met))) => self.window(query, skip, met).await,
            Some(PageToken(Token::Link(_) | Token::Number(_))) => {
                Err(self.unsupported(query.schema, "the page token belongs to another system"))
            }
            None => match self.window(query, 0, HashSet::new()).await {
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
                Ok(self.window(&query, 0, HashSet::new()).await?.rows.into_iter().next())
            }
            (None, Key::Id(_) | Key::Of(..)) => Ok(None),
        }
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

    /// One window of the list; the whole of it without a page size.
    async fn window(&self, query: &Query<'_>, skip: usize, mut met: HashSet<String>) -> Result<Page, ConnectorError> {
        let parameters = read_parameters(query.schema, self.wire(query.schema)?, query.select);
        let (rows, next) = self.list(query, parameters, skip).await?;
        let fresh = rows.into_iter().filter(|row| row.id(query.schema).is_none_or(|id| met.insert(id))).collect();
        Ok(Page { rows: fresh, next: next.map(|skip| PageToken(Token::Skip(skip, met))), total: None })
    }

    async fn list(
        &self,
        query: &Query<'_>,
        parameters: Vec<(String, String)>,
        skip: usize,
    ) -> Result<(Vec<Row>, Option<usize>), ConnectorError> {
        let top = self.settings.page_size.and_then(|size| usize::try_from(size.max(1)).ok());
        let mut pairs: Vec<_> = self.filter(query)?.map(|filter| ("$filter".to_owned(), filter)).into_iter().collect();
        pairs.extend(parameters);
        if let Some(top) = top {
            pairs.extend([("$top".to_owned(), top.to_string()), ("$skip".to_owned(), skip.to_string())]);
        }
        let call = self.get_call(query.schema, "", &pairs);
        let response = self.call(&call).await?;
        let body = self.body(&call, &response, "a list")?;
        let rows = raw::items(&body).ok_or_else(|| self.door.nonsense(&call, &response, "a list"))?;
        let next = top.filter(|top| rows.len() >= *top).map(|top| skip + top);
        Ok((rows.into_iter().map(|row| Row { body: row.to_owned() }).collect(), next))
    }

    /// The keys of all records first, in windows if need be, then each record by itself.
    async fn by_keys(&self, query: &Query<'_>) -> Result<Page, ConnectorError> {
        let (mut ids, mut met, mut skip) = (Vec::new(), HashSet::new(), Some(0));
        while let Some(from) = skip {
            let (rows, next) = self.list(query, key_parameters(query.schema), from).await?;
            let fresh = rows.iter().filter_map(|row| row.id(query.schema)).filter(|id| met.insert(id.clone()));
            ids.extend(fresh);
            skip = next;
        }
        self.one_by_one(query, ids).await
    }

    async fn one_by_one(&self, query: &Query<'_>, mut ids: Vec<String>) -> Result<Page, ConnectorError> {
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
