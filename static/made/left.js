try{localStorage.clear(),sessionStorage.clear()}catch{}
