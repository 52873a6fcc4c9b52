import type { PageOf } from './page';
import type { PageInfo, PageParams } from './range';
import { segment, type Service } from './service';

export type EndUserStatus = 'ACTIVE' | 'DEACTIVATED';

export interface EndUser {
  id: string;
  /** Your own id. */
  externalId: string;
  name: string | null;
  email: string | null;
  metadata: Record<string, unknown> | null;
  status: EndUserStatus;
  createdAt: string;
  updatedAt: string;
  deactivatedAt: string | null;
  /** False for one that events name, but nobody has created. */
  registered: boolean;
}

export interface EndUserCreateInput {
  /** Your own id, unique. */
  externalId: string;
  name?: string | undefined;
  email?: string | undefined;
  /** Up to 10 KB. */
  metadata?: Record<string, unknown> | undefined;
}

export interface EndUserUpdateInput {
  name?: string | null | undefined;
  email?: string | null | undefined;
  metadata?: Record<string, unknown> | null | undefined;
}

export interface EndUserResponse {
  endUser: EndUser;
}

export interface EndUserListParams extends PageParams {
  status?: EndUserStatus | undefined;
  externalId?: string | undefined;
}

export interface EndUserListResponse extends PageInfo {
  endUsers: EndUser[];
  /** The same list. */
  items: EndUser[];
  activeCount: number;
  deactivatedCount: number;
}

/** The people and companies whose usage you track. All of it rejects with a `BearLumenApiError`. */
export class EndUsers {
  readonly #service: Service;

  /** @internal */
  constructor(service: Service) {
    this.#service = service;
  }

  create(data: EndUserCreateInput): Promise<EndUserResponse> {
    return this.#service.write('POST', '/v1/end-users', data);
  }

  retrieve(id: string): Promise<EndUserResponse> {
    return this.#service.get(`/v1/end-users/${segment(id)}`);
  }

  update(id: string, data: EndUserUpdateInput): Promise<EndUserResponse> {
    return this.#service.write('PATCH', `/v1/end-users/${segment(id)}`, data);
  }

  /** Looped over it yields the end users of all pages. */
  list(params?: EndUserListParams): PageOf<EndUserListResponse, EndUser> {
    return this.#service.list('/v1/end-users', params, (page: EndUserListResponse) => page.endUsers);
  }

  /** Their usage stays. */
  deactivate(id: string): Promise<EndUserResponse> {
    return this.#service.write('POST', `/v1/end-users/${segment(id)}/deactivate`);
  }

  reactivate(id: string): Promise<EndUserResponse> {
    return this.#service.write('POST', `/v1/end-users/${segment(id)}/reactivate`);
  }
}
