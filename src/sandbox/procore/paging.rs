//! How do both systems behave on the wire? Procore's pages: `page`, `per_page`, and the headers that lead on.

use super::call::Call;

/// Most rows of a page, whatever is asked for.
const MOST: usize = 2_000;
/// The same in version 2, and its rows when none are asked for.
const V2: (usize, usize) = (100, 10);

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    /// The first row, counted from 0.
    pub(crate) from: usize,
    /// One past the last row.
    pub(crate) to: usize,
    /// `link`, `total`, `per-page`.
    pub(crate) headers: Vec<(String, String)>,
}

impl Page {
    /// The page that a call asks for, of a list of this length. `usual` rows when it asks for no number.
    pub(crate) fn of(call: &Call, total: usize, usual: usize) -> Self {
        let asked = |name: &str| call.target.query(name).and_then(|text| text.parse::<usize>().ok()).filter(|number| *number > 0);
        let (most, usual) = if call.is_v2() { V2 } else { (MOST, usual) };
        let per_page = asked("per_page").unwrap_or(usual).min(most);
        let page = asked("page").unwrap_or(1);
        let from = (page - 1).saturating_mul(per_page).min(total);
        let last = total.div_ceil(per_page).max(1);
        let mut headers = vec![("total".to_owned(), total.to_string()), ("per-page".to_owned(), per_page.to_string())];
        let links: Vec<String> = links(page, last)
            .into_iter()
            .map(|(rel, page)| format!("<{}{}?{}>; rel=\"{rel}\"", call.base, call.target.path, query(call, page, per_page)))
            .collect();
        if !links.is_empty() {
            headers.push(("link".to_owned(), links.join(", ")));
        }
        Self { from, to: from.saturating_add(per_page).min(total), headers }
    }

    /// All rows, of a list that has no pages.
    pub(crate) fn whole(total: usize) -> Self {
        Self { from: 0, to: total, headers: Vec::new() }
    }
}

/// On page 1 there is neither `first` nor `prev`; on page 2 `prev` would be `first` and is left out; on the last page
/// there is neither `next` nor `last`.
fn links(page: usize, last: usize) -> Vec<(&'static str, usize)> {
    let mut links = Vec::new();
    if page > 1 {
        links.push(("first", 1));
    }
    if page > 2 {
        links.push(("prev", (page - 1).min(last)));
    }
    if page < last {
        links.push(("last", last));
        links.push(("next", page + 1));
    }
    links
}

/// The query as it was written, with another page.
fn query(call: &Call, page: usize, per_page: usize) -> String {
    let named = |pair: &&str| !matches!(pair.split('=').next(), Some("page" | "per_page" | ""));
    let kept = call.raw_query.split('&').filter(named).map(str::to_owned);
    kept.chain([format!("page={page}"), format!("per_page={per_page}")]).collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::{Call, Page};
    use crate::connector::Request;
    use crate::sandbox::wire::Target;

    fn page(query: &str, total: usize) -> Page {
        let url = format!("http://h/rest/v1.0/vendors?{query}");
        let request = Request { method: "GET".into(), url: url.clone(), ..Request::default() };
        Page::of(&Call::of(&request, Target::of(&url), Vec::new()).unwrap(), total, 100)
    }

    fn link(page: &Page) -> &str {
        page.headers.iter().find(|(name, _)| name == "link").map_or("", |(_, link)| link)
    }

    fn rels(page: &Page) -> Vec<&str> {
        link(page).split("rel=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect()
    }

    #[test]
    fn links_lead_through_the_list() {
        assert_eq!(rels(&page("per_page=10", 35)), ["last", "next"]);
        assert_eq!(rels(&page("per_page=10&page=2", 35)), ["first", "last", "next"]);
        assert_eq!(rels(&page("per_page=10&page=3", 35)), ["first", "prev", "last", "next"]);
        assert_eq!(rels(&page("per_page=10&page=4", 35)), ["first", "prev"]);
        assert_eq!(rels(&page("per_page=100", 35)), Vec::<&str>::new());
        let second = page("company_id=7&per_page=10&page=2&filters[a]=x%20y", 35);
        assert!(link(&second).contains("<http://h/rest/v1.0/vendors?company_id=7&filters[a]=x%20y&page=3&per_page=10>; rel=\"next\""));
        assert_eq!((second.from, second.to), (10, 20));
    }

    #[test]
    fn odd_pages_do_no_harm() {
        assert_eq!((page("per_page=9999", 5000).to, page("page=0", 5).to, page("page=x&per_page=-1", 500).to), (2000, 5, 100));
        let beyond = page("page=99&per_page=10", 35);
        assert_eq!((beyond.from, beyond.to, rels(&beyond)), (35, 35, vec!["first", "prev"]));
        assert_eq!((page("", 0).from, page("", 0).to), (0, 0));
    }
}
