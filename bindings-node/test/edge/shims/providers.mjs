// The providers' stand-ins run beside the runtime under test.
const { BEARLUMEN_TEST_PROVIDERS: url } = process.env;
export const startProviders = async () => ({ url, stop: async () => {} });
