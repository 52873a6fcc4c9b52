/** What an error of the service or of the way to it carries. */
export interface BearLumenApiErrorFields {
  /** A stable lower-snake name to branch on, such as `rate_limit_exceeded`. */
  code: string;
  message: string;
  /** For support; `null` when no answer came. */
  correlationId?: string | null;
  /** Seconds the service asks to wait. */
  retryAfter?: number | null;
  /** The HTTP status; `null` when no answer came. */
  status?: number | null;
}

/** The one error of this package's calls to the service. */
export class BearLumenApiError extends Error {
  override readonly name = 'BearLumenApiError';
  readonly code: string;
  readonly correlationId: string | null;
  readonly retryAfter: number | null;
  readonly status: number | null;

  constructor(fields: BearLumenApiErrorFields, options?: { cause?: unknown }) {
    super(fields.message, options);
    this.code = fields.code;
    this.correlationId = fields.correlationId ?? null;
    this.retryAfter = fields.retryAfter ?? null;
    this.status = fields.status ?? null;
  }
}
