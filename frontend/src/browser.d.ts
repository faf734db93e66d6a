/** What some browsers have and the standard library's types do not know, or know as always there. */
interface ServiceWorkerRegistration {
  /** Background Sync: Chromium only. */
  readonly sync?: { register(tag: string): Promise<void> };
}

interface Window {
  readonly trustedTypes?: {
    createPolicy(
      name: string,
      rules: { createScriptURL(url: string): string },
    ): { createScriptURL(url: string): string };
  };
}
