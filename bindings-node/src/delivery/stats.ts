/** Counts since the client was made. `tracked` is `sent + dropped + pending`, always. */
export interface DeliveryStats {
  /** Calls of `track()`. */
  tracked: number;
  /** Events the service acknowledged. */
  sent: number;
  /** Events given up, for any reason. */
  dropped: number;
  /** Events queued or on their way. */
  pending: number;
  /** Streams and HTTP bodies that are tracked and not over: they become events, and count above, at their end. */
  underWay: number;
  droppedByReason: {
    /** The queue was at its bound. */
    queueFull: number;
    /** The event alone is more than the service takes. */
    tooLarge: number;
    /** The service refused it for good. */
    rejected: number;
    /** It waited longer than events are kept. */
    expired: number;
    /** It came after `shutdown()`. */
    closed: number;
  };
}

/** Of what became an event. */
export type EventCounts = Omit<DeliveryStats, 'underWay'>;
