// SPDX-License-Identifier: Apache-2.0

import { type ComputedRef, computed } from "vue";
import { type SpanFormats, createSpanFormats } from "@/domain/spanFormat";
import { useI18n } from "./useI18n";

/** Spans of time in the language of the page. */
export function useSpans(): ComputedRef<SpanFormats> {
  const { locale } = useI18n();
  return computed(() => createSpanFormats(locale.value));
}
