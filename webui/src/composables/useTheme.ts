// SPDX-License-Identifier: Apache-2.0

import { type InjectionKey, type Ref, computed, inject, onScopeDispose, provide, ref, watchEffect } from "vue";
import { recall, remember } from "./storage";
import { usePrinting } from "./useMediaQuery";

export const themes = ["system", "light", "dark"] as const;
export type ThemeChoice = (typeof themes)[number];

export interface Theme {
  readonly choice: Readonly<Ref<ThemeChoice>>;
  /** What the choice comes to now. */
  readonly dark: Readonly<Ref<boolean>>;
  readonly next: () => void;
}

const themeKey: InjectionKey<Theme> = Symbol("theme");

export function provideTheme(): Theme {
  const choice = ref<ThemeChoice>(recall("theme", themes) ?? "system");
  const query = window.matchMedia("(prefers-color-scheme: dark)");
  const systemDark = ref(query.matches);
  const follow = (event: MediaQueryListEvent) => (systemDark.value = event.matches);
  query.addEventListener("change", follow);
  onScopeDispose(() => query.removeEventListener("change", follow));
  // Paper is white, and ink costs.
  const printing = usePrinting();
  const dark = computed(() => !printing.value && (choice.value === "dark" || (choice.value === "system" && systemDark.value)));
  watchEffect(() => (document.documentElement.dataset["theme"] = dark.value ? "dark" : "light"), { flush: "sync" });
  const theme: Theme = {
    choice,
    dark,
    next() {
      choice.value = themes[(themes.indexOf(choice.value) + 1) % themes.length] ?? "system";
      remember("theme", choice.value);
    },
  };
  provide(themeKey, theme);
  return theme;
}

export function useTheme(): Theme {
  const theme = inject(themeKey);
  if (theme === undefined) throw new Error("useTheme needs provideTheme above it");
  return theme;
}
