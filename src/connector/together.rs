//! Several futures at once, a few at a time: how do we wait for many answers without a task for each?

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

/// Runs the futures, at most `limit` at a time, started in order; results come in the same order. No task is
/// spawned, so a simulation with one seed runs the same way each time.
pub(super) async fn together<F: Future + Send>(limit: usize, futures: impl IntoIterator<Item = F> + Send) -> Vec<F::Output>
where
    F::Output: Send,
{
    let mut waiting: Vec<Option<Pin<Box<F>>>> = futures.into_iter().map(|future| Some(Box::pin(future))).collect();
    let mut results: Vec<Option<F::Output>> = waiting.iter().map(|_| None).collect();
    let mut first_unfinished = 0;
    poll_fn(|context| {
        let mut running = 0;
        for at in first_unfinished..waiting.len() {
            if running == limit.max(1) {
                break;
            }
            let Some(future) = waiting[at].as_mut() else { continue };
            match future.as_mut().poll(context) {
                Poll::Ready(result) => {
                    results[at] = Some(result);
                    waiting[at] = None;
                }
                Poll::Pending => running += 1,
            }
        }
        while waiting.get(first_unfinished).is_some_and(Option::is_none) {
            first_unfinished += 1;
        }
        if first_unfinished == waiting.len() { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    results.into_iter().map(|result| result.expect("every future was polled to its end")).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::together;

    #[tokio::test]
    async fn results_keep_their_order_and_no_more_than_the_limit_run() {
        let running = Arc::new(AtomicUsize::new(0));
        let most = Arc::new(AtomicUsize::new(0));
        let futures = (0..20_usize).map(|at| {
            let (running, most) = (running.clone(), most.clone());
            async move {
                most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                for _ in 0..at % 4 {
                    tokio::task::yield_now().await;
                }
                running.fetch_sub(1, Ordering::SeqCst);
                at
            }
        });
        assert_eq!(together(3, futures).await, (0..20).collect::<Vec<_>>());
        assert_eq!(most.load(Ordering::SeqCst), 3);
        assert!(together(3, Vec::<std::future::Ready<u8>>::new()).await.is_empty());
    }
}
